"""The index: documents, and their words in the way of the database in use."""

from django.db import migrations, models

from ascolto.search.engines import postgres, sqlite


def create_words(apps, schema_editor):
    schema_editor.execute((postgres if schema_editor.connection.vendor == "postgresql" else sqlite).CREATE)


def drop_words(apps, schema_editor):
    schema_editor.execute((postgres if schema_editor.connection.vendor == "postgresql" else sqlite).DROP)


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Document",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.UUIDField(unique=True)),
                ("group", models.UUIDField()),
                ("scope", models.UUIDField()),
                ("at", models.DateTimeField()),
            ],
            options={"indexes": [models.Index(fields=["group"], name="documents_of_a_group")]},
        ),
        migrations.RunPython(create_words, drop_words),
    ]
