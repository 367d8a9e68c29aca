"""The colleagues of every test: Bruno the agent, Carla the lead, Ada the admin; Dario answers elsewhere."""

from typing import Any

PASSWORD = "una parola lunga"
NAMES = (
    ("bruno", "Bruno Neri", "agent"),
    ("carla", "Carla Verdi", "lead"),
    ("ada", "Ada Rossi", "admin"),
    ("dario", "Dario Blu", "agent"),
)


def colleagues(domain: str, *, language: str = "it") -> tuple[dict[str, Any], Any, Any]:
    """All four, the team of Bruno and Carla, and that of Dario."""
    from ascolto.accounts.models import User
    from ascolto.people.models import Team

    people = {
        name: User.objects.create_user(email=f"{name}@{domain}", password=PASSWORD, name=full, role=role, language=language)
        for name, full, role in NAMES
    }
    team, elsewhere = Team.objects.create(name="Assistenza"), Team.objects.create(name="Altrove")
    team.members.add(people["bruno"], people["carla"])
    elsewhere.members.add(people["dario"])
    return people, team, elsewhere
