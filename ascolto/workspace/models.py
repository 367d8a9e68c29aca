"""The organisation's own settings: one row, its opening hours, its days off."""

from django.db import models


class Workspace(models.Model):
    """The desk itself; there is one row, with id 1, made at set-up."""

    name = models.CharField(max_length=100)
    language = models.CharField(max_length=2, default="it")
    time_zone = models.CharField(max_length=64, default="Europe/Rome")
    last_number = models.PositiveBigIntegerField(default=1000)  # of conversations; raised in the transaction that starts one
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="there_is_one_workspace")]


class OpeningHours(models.Model):
    """One open period of a weekday in the desk's own time; several a day make a lunch break."""

    weekday = models.PositiveSmallIntegerField()  # 0 Monday … 6 Sunday, as in datetime.weekday()
    opens = models.TimeField()
    closes = models.TimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(weekday__lte=6), name="a_week_has_seven_days"),
            models.CheckConstraint(condition=models.Q(opens__lt=models.F("closes")), name="hours_open_before_they_close"),
        ]


class Holiday(models.Model):
    """A whole day on which the desk is closed, in the desk's own time."""

    day = models.DateField(unique=True)
    name = models.CharField(max_length=100, blank=True)
