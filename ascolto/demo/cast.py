"""Customers, colleagues and teams of the story; everyone is invented, every address ends in .example."""

from dataclasses import dataclass

DESK = "Negozio Esempio"
PASSWORD = "prova-ascolto"  # noqa: S105  # of the demo desk alone, which listens on this machine only; printed at its start


@dataclass(frozen=True)
class Colleague:
    """Someone who answers."""

    name: str
    email: str
    role: str
    language: str
    words: str  # who they are, for the list of sign-ins


COLLEAGUES = (
    Colleague("Marta Riva", "marta@negozio.example", "agent", "it", "agent, in Italian"),
    Colleague("Davide Costa", "davide@negozio.example", "agent", "it", "agent, in Italian"),
    Colleague("Emma Walsh", "emma@negozio.example", "agent", "en", "agent, in English"),
    Colleague("Elena Sarti", "elena@negozio.example", "lead", "it", "team lead"),
    Colleague("Giulia Moro", "giulia@negozio.example", "admin", "it", "admin"),
)

TEAMS = {
    "Assistenza": ("marta@negozio.example", "davide@negozio.example", "elena@negozio.example", "emma@negozio.example"),
    "Amministrazione": ("elena@negozio.example", "giulia@negozio.example"),
}

ITALIANS = (
    "Teresa Bruni", "Ivo Marchetti", "Carlotta Pace", "Massimiliano Ferrero", "Nunzia Esposito", "Paolo Galli", "Silvia Rinaldi",
    "Franco Testa", "Ludovica Conti", "Giacomo Villa", "Rosaria Greco", "Matteo Longo", "Ilaria Serra", "Pietro Sala", "Chiara Monti",
    "Antonio De Luca", "Beatrice Fontana", "Sergio Barbieri", "Luisa Caruso", "Stefano Ricci", "Agnese Palmieri", "Renato Bianco",
    "Donatella Ferri", "Michele Orlando", "Valeria Neri", "Tommaso Leone", "Graziella Vitale", "Edoardo Martini", "Caterina Guerra",
    "Salvatore Amato", "Nicoletta Piras", "Bruno Santoro", "Marina Fabbri", "Alessio Gentile", "Giovanna Cattaneo", "Luca Benedetti",
    "Ornella Sanna", "Filippo Morelli", "Samira Haddad", "Yusuf Demir", "Ana Popescu", "Mei Chen", "Fatou Ndiaye", "Igor Kovač",
)  # fmt: skip

ENGLISH = (
    "Aoife Byrne", "Thomas Reed", "Grace Okafor", "William Hughes", "Nora Lindqvist", "James Carter", "Priya Nair", "Olivia Moore",
    "Daniel Novak", "Hannah Clarke", "Lucas Meyer", "Sofia Andersson", "George Bennett", "Zoe Papadaki", "Liam Doyle", "Emily Turner",
)  # fmt: skip

PRODUCTS = {
    "it": (
        "la lampada da tavolo in faggio",
        "il paralume di lino",
        "la lampada da terra Arco",
        "l’applique in ottone",
        "la luce da lettura",
    ),
    "en": ("the beech table lamp", "the linen shade", "the Arco floor lamp", "the brass wall light", "the reading light"),
}
