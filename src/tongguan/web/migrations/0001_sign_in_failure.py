"""The table of failed sign-ins."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Create it."""

    initial = True
    dependencies = ()
    operations = (
        migrations.CreateModel(
            name="SignInFailure",
            fields=[
                (
                    "name_hash",
                    models.CharField(max_length=64, primary_key=True, serialize=False),
                ),
                ("failures", models.PositiveIntegerField()),
                ("since", models.DateTimeField()),
            ],
            options={
                "db_table": "sign_in_failure",
                "indexes": [models.Index(fields=["since"], name="sign_in_failure_since")],
            },
        ),
    )
