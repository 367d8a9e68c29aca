"""What colleagues may write about themselves and about others; only these fields are ever read (threat F10)."""

from django import forms
from django.utils.translation import gettext_lazy as _

from ascolto.accounts.models import Language, Role, User


class ProfileForm(forms.Form):
    """One's own name, language, signature and phone."""

    name = forms.CharField(label=_("Name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    language = forms.ChoiceField(label=_("Language"), choices=Language.choices)
    signature = forms.CharField(
        label=_("Signature"),
        help_text=_("Stands under what you write by e-mail, above that of the inbox. It may stay empty."),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    phone = forms.CharField(
        label=_("Your phone"),
        help_text=_("It rings first when you call a customer from the desk; they see the number of the desk."),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "tel", "type": "tel"}),
    )

    @classmethod
    def of(cls, user: User) -> "ProfileForm":
        known = {"name": user.name, "language": user.language, "signature": user.signature, "phone": user.phone}
        return cls(initial=known)


class JoinForm(forms.Form):
    """What an invited colleague says: the address and the role are the invitation's."""

    name = forms.CharField(label=_("Your name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    language = forms.ChoiceField(label=_("Language"), choices=Language.choices)
    password = forms.CharField(
        label=_("Password"),
        help_text=_("10 characters or more. A short sentence is easier to keep in mind."),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )


class FirstRunForm(JoinForm):
    """The desk and its first admin."""

    desk_name = forms.CharField(label=_("Name of the desk"), help_text=_("Customers see it."), max_length=100)
    email = forms.EmailField(label=_("Your e-mail address"), widget=forms.EmailInput(attrs={"autocomplete": "username"}))

    field_order = ("desk_name", "name", "email", "password", "language")


class InviteForm(forms.Form):
    """Whom to ask, and as what."""

    email = forms.EmailField(label=_("E-mail address"), widget=forms.EmailInput(attrs={"autocomplete": "off"}))
    name = forms.CharField(label=_("Name"), max_length=120, required=False, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    role = forms.ChoiceField(label=_("Role"), choices=Role.choices, initial=Role.AGENT)


class RoleForm(forms.Form):
    """Another role for a colleague."""

    role = forms.ChoiceField(choices=Role.choices)


class TokenForm(forms.Form):
    """A new API token."""

    name = forms.CharField(label=_("Name"), help_text=_("Which program uses it."), max_length=120)
    scopes = forms.MultipleChoiceField(
        label=_("It may"),
        choices=[("read", _("read")), ("write", _("write")), ("admin", _("change settings"))],
        initial=["read"],
        widget=forms.CheckboxSelectMultiple,
    )
    days = forms.TypedChoiceField(
        label=_("It lasts"),
        choices=[(30, _("30 days")), (90, _("90 days")), (365, _("a year")), (0, _("until it is revoked"))],
        coerce=int,
        initial=90,
    )
