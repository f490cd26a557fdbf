"""The web as a Django application."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """Templates, tags, style and the table of failed sign-ins."""

    name = "tongguan.web"
    label = "tongguan_web"
    default_auto_field = "django.db.models.BigAutoField"
