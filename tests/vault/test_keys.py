"""The keys are those of RFC 5869, so that another program could find them again."""

import pytest
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from ascolto.vault.keys import derive


@pytest.mark.parametrize(
    ("secret", "purpose"), [("s", "seal"), ("x" * 200, "survey"), ("chiave più lunga", "file links"), ("", "")]
)
def test_a_key_is_hkdf_of_the_secret_and_the_purpose(secret: str, purpose: str) -> None:
    library = HKDF(algorithm=SHA256(), length=32, salt=None, info=f"ascolto {purpose}".encode())

    assert derive(secret, purpose) == library.derive(secret.encode())
