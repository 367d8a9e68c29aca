"""What the operator fills in for an e-mail inbox."""

from django.utils.translation import gettext_lazy as _

from ascolto.channels.contract import Setting

SECURITY = (("tls", _("TLS from the start")), ("starttls", _("STARTTLS")), ("none", _("none, on this machine alone")))
PROVIDERS = (
    ("none", _("none")),
    ("brevo", "Brevo"),
    ("mailgun", "Mailgun"),
    ("mailjet", "Mailjet"),
    ("mandrill", "Mandrill"),
    ("postmark", "Postmark"),
    ("sendgrid", "SendGrid"),
    ("sparkpost", "SparkPost"),
)
LOCAL_PART = _("Answers go to address+token@ your domain. Switch it on when your mailbox takes such addresses.")

SETTINGS = (
    Setting(name="address", label=_("E-mail address"), form="email", is_required=True, placeholder="help@shop.example"),
    Setting(name="from_name", label=_("Name of the sender"), help=_("Stands beside the colleague’s name. Empty: the desk’s.")),
    Setting(name="aliases", label=_("Other addresses of this mailbox"), help=_("With spaces between them.")),
    Setting(name="imap_host", label=_("IMAP server"), form="host", help=_("Empty: mail comes another way, as by LMTP.")),
    Setting(name="imap_port", label=_("IMAP port"), form="port", default=993),
    Setting(name="imap_security", label=_("IMAP security"), form="choice", choices=SECURITY, default="tls"),
    Setting(name="imap_user", label=_("IMAP user")),
    Setting(name="imap_password", label=_("IMAP password"), form="secret"),
    Setting(name="imap_folder", label=_("Folder"), default="INBOX"),
    Setting(
        name="imap_after",
        label=_("After reading"),
        form="choice",
        choices=(("keep", _("leave it, marked as read")), ("move", _("move it to “Ascolto”")), ("delete", _("delete it"))),
        default="keep",
    ),
    Setting(
        name="imap_auth",
        label=_("Signing in"),
        form="choice",
        choices=(("password", _("with the password")), ("oauth2", "OAuth2")),
        default="password",
    ),
    Setting(name="oauth_token_url", label=_("OAuth2: token address"), form="url"),
    Setting(name="oauth_client_id", label=_("OAuth2: client id")),
    Setting(name="oauth_client_secret", label=_("OAuth2: client secret"), form="secret"),
    Setting(name="oauth_refresh_token", label=_("OAuth2: refresh token"), form="secret"),
    Setting(name="smtp_host", label=_("SMTP server"), form="host", help=_("Empty: replies leave by the desk’s own mail server.")),
    Setting(name="smtp_port", label=_("SMTP port"), form="port", default=587),
    Setting(name="smtp_security", label=_("SMTP security"), form="choice", choices=SECURITY, default="starttls"),
    Setting(name="smtp_user", label=_("SMTP user")),
    Setting(name="smtp_password", label=_("SMTP password"), form="secret"),
    Setting(
        name="per_minute",
        label=_("Mails a minute to one domain"),
        help=_("Large providers turn away who comes in crowds. 0: no limit."),
        default="60",
    ),
    Setting(name="plus_replies", label=_("Reply addresses with “+”"), help=LOCAL_PART, form="flag", default=False),
    Setting(
        name="reply_domain",
        label=_("Domain of reply addresses"),
        help=_(
            "A domain for answers alone, whose mail comes into this mailbox. Nobody can then sign up elsewhere as one of you."
        ),
        form="host",
    ),
    Setting(
        name="acknowledge",
        label=_("Tell senders that their mail has arrived"),
        help=_("Once a day at most for each address, never to machines."),
        form="flag",
        default=False,
    ),
    Setting(
        name="authserv_id",
        label=_("Name in Authentication-Results"),
        help=_("Under which your own mail server says whether a sender is who they say. Empty: no sender counts as proven."),
    ),
    Setting(name="dkim_selector", label=_("DKIM selector")),
    Setting(name="dkim_domain", label=_("DKIM domain"), form="host", help=_("Empty: that of the address.")),
    Setting(name="dkim_key", label=_("DKIM key"), form="secret", help=_("The private key, PEM or Ed25519 in base64.")),
    Setting(name="provider", label=_("Mail provider"), form="choice", choices=PROVIDERS, default="none"),
    Setting(name="provider_key", label=_("Key of the provider"), form="secret"),
    Setting(name="provider_webhook_secret", label=_("Webhook secret of the provider"), form="secret"),
    Setting(name="signature_it", label=_("Signature, Italian"), form="long"),
    Setting(name="signature_en", label=_("Signature, English"), form="long"),
)
