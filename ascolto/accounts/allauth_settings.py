"""How allauth is set; imported by project/settings.py. What is not here is decided in signin.py."""

ACCOUNT_ADAPTER = "ascolto.accounts.signin.SignInAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"  # addresses are proven by invitation
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False  # no mail to strangers because a stranger typed their address
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_NOTIFICATIONS = True  # a changed password or second factor is told by mail
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_FORMS = {
    "login": "ascolto.accounts.signin_forms.SignInForm",
    "change_password": "ascolto.accounts.signin_forms.OwnPasswordForm",
    "set_password": "ascolto.accounts.signin_forms.FirstPasswordForm",
    "reset_password": "ascolto.accounts.signin_forms.NewPasswordForm",
    "reset_password_from_key": "ascolto.accounts.signin_forms.PasswordByLinkForm",
    "reauthenticate": "ascolto.accounts.signin_forms.ConfirmForm",
}
ACCOUNT_LOGIN_ON_PASSWORD_RESET = False  # the second factor is asked for after a reset too (F11)
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_LOGOUT_REDIRECT_URL = "/account/login/"
ACCOUNT_SESSION_REMEMBER = True  # 14 days, see SESSION_COOKIE_AGE; the list of sessions ends any of them
ACCOUNT_REAUTHENTICATION_TIMEOUT = 15 * 60
ACCOUNT_RATE_LIMITS = {
    "login": "30/m/ip",
    "login_failed": "10/m/ip,5/5m/key",
    "reset_password": "20/m/ip,5/m/key",
    "reset_password_from_key": "20/m/ip",
    "reauthenticate": "10/m/user",
    "change_password": "5/m/user",
}
SOCIALACCOUNT_ADAPTER = "ascolto.accounts.signin.ProviderAdapter"
SOCIALACCOUNT_EMAIL_AUTHENTICATION = False  # a provider's word on an address is not proof of it
SOCIALACCOUNT_PROVIDERS: dict[str, dict[str, object]] = {}  # OIDC: none until one is set
MFA_ADAPTER = "ascolto.accounts.signin.SecondFactorAdapter"
MFA_FORMS = {
    "authenticate": "ascolto.accounts.signin_forms.CodeForm",
    "reauthenticate": "ascolto.accounts.signin_forms.ConfirmByCodeForm",
    "activate_totp": "ascolto.accounts.signin_forms.AppForm",
    "add_webauthn": "ascolto.accounts.signin_forms.PasskeyForm",
    "edit_webauthn": "ascolto.accounts.signin_forms.PasskeyNameForm",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Ascolto"
MFA_TOTP_TOLERANCE = 1  # one step of 30 s: phones are seldom exact
USERSESSIONS_TRACK_ACTIVITY = False  # a page that is looked at writes nothing
