"""The small form in which a customer asks to be called."""

from datetime import timedelta
from typing import Any

from django import forms
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from ascolto.channels.ask_for_call import Wish
from ascolto.text.phones import MAX_CHARS, NotAPhone, read_phone

AHEAD = timedelta(days=60)  # a wish for a day much later is a slip of the hand


class CallForm(forms.Form):
    """Where and when; day and times may be left out."""

    phone = forms.CharField(
        label=pgettext_lazy("a customer", "Your phone number"),
        max_length=MAX_CHARS,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
    )
    on_day = forms.DateField(
        label=gettext_lazy("Day"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    since = forms.TimeField(label=pgettext_lazy("a time", "Between"), required=False, widget=forms.TimeInput({"type": "time"}))
    until = forms.TimeField(label=pgettext_lazy("a time", "And"), required=False, widget=forms.TimeInput({"type": "time"}))

    def clean_phone(self) -> str:
        try:
            return read_phone(str(self.cleaned_data["phone"]))
        except NotAPhone as error:
            raise forms.ValidationError(
                _("This is not a phone number: write it with its country, like +39 06 12345678.")
            ) from error

    def clean_on_day(self) -> Any:
        day = self.cleaned_data["on_day"]
        if day and not localdate() <= day <= localdate() + AHEAD:
            raise forms.ValidationError(_("Choose a day from today on, within two months."))
        return day

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        if self.errors:
            return said
        if bool(said["since"]) != bool(said["until"]):
            self.add_error("until", _("Write both times, or none."))
        elif said["since"] and said["since"] >= said["until"]:
            self.add_error("until", _("The second time has to be later than the first."))
        return said

    def wish(self) -> Wish:
        """What was asked for."""
        said = self.cleaned_data
        return Wish(phone=said["phone"], day=said["on_day"], since=said["since"], until=said["until"])
