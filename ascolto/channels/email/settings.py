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
PROVIDER = _("Instead of the servers above. Once one is saved, this page shows the address that it has to call.")

RECEIVING = _("Receiving: more")
SENDING = _("Sending: more")
REPLIES = _("Replies and signatures")

SETTINGS = (
    Setting(name="address", label=_("E-mail address"), form="email", is_required=True, placeholder="help@shop.example"),
    Setting(name="from_name", label=_("Name of the sender"), help=_("Stands beside the colleague’s name. Empty: the desk’s.")),
    Setting(name="aliases", part=RECEIVING, label=_("Other addresses of this mailbox"), help=_("With spaces between them.")),
    Setting(
        name="imap_host",
        label=_("IMAP server"),
        form="host",
        placeholder="imap.shop.example",
        help=_(
            "Empty for Gmail, Outlook, Libero, Aruba and other large ones: we know theirs. Else mail comes another way, as LMTP."
        ),
    ),
    Setting(name="imap_port", part=RECEIVING, label=_("IMAP port"), form="port", default=993),
    Setting(name="imap_security", part=RECEIVING, label=_("IMAP security"), form="choice", choices=SECURITY, default="tls"),
    Setting(name="imap_user", part=RECEIVING, label=_("IMAP user"), help=_("Empty: the e-mail address.")),
    Setting(name="imap_password", label=_("Password of the mailbox"), form="secret"),
    Setting(name="imap_folder", part=RECEIVING, label=_("Folder"), default="INBOX"),
    Setting(
        name="imap_after",
        part=RECEIVING,
        label=_("After reading"),
        form="choice",
        choices=(("keep", _("leave it, marked as read")), ("move", _("move it to “Ascolto”")), ("delete", _("delete it"))),
        default="keep",
    ),
    Setting(
        name="imap_auth",
        part=RECEIVING,
        label=_("Signing in"),
        form="choice",
        choices=(("password", _("with the password")), ("oauth2", "OAuth2")),
        default="password",
    ),
    Setting(name="oauth_token_url", part=RECEIVING, label=_("OAuth2: token address"), form="url"),
    Setting(name="oauth_client_id", part=RECEIVING, label=_("OAuth2: client id")),
    Setting(name="oauth_client_secret", part=RECEIVING, label=_("OAuth2: client secret"), form="secret"),
    Setting(name="oauth_refresh_token", part=RECEIVING, label=_("OAuth2: refresh token"), form="secret"),
    Setting(
        name="smtp_host",
        label=_("SMTP server"),
        form="host",
        placeholder="smtp.shop.example",
        help=_("Empty: replies leave by the desk’s own mail server."),
    ),
    Setting(name="smtp_port", part=SENDING, label=_("SMTP port"), form="port", default=587),
    Setting(name="smtp_security", part=SENDING, label=_("SMTP security"), form="choice", choices=SECURITY, default="starttls"),
    Setting(name="smtp_user", part=SENDING, label=_("SMTP user"), help=_("Empty: as for the mailbox.")),
    Setting(name="smtp_password", part=SENDING, label=_("SMTP password"), form="secret"),
    Setting(
        name="per_minute",
        part=SENDING,
        label=_("Mails a minute to one domain"),
        help=_("Large providers turn away who comes in crowds. 0: no limit."),
        default="60",
    ),
    Setting(name="plus_replies", part=REPLIES, label=_("Reply addresses with “+”"), help=LOCAL_PART, form="flag", default=False),
    Setting(
        name="reply_domain",
        part=REPLIES,
        label=_("Domain of reply addresses"),
        help=_(
            "A domain for answers alone, whose mail comes into this mailbox. Nobody can then sign up elsewhere as one of you."
        ),
        form="host",
    ),
    Setting(
        name="acknowledge",
        part=REPLIES,
        label=_("Tell senders that their mail has arrived"),
        help=_("Once a day at most for each address, never to machines."),
        form="flag",
        default=False,
    ),
    Setting(
        name="authserv_id",
        part=RECEIVING,
        label=_("Name in Authentication-Results"),
        help=_("Under which your own mail server says whether a sender is who they say. Empty: no sender counts as proven."),
    ),
    Setting(name="dkim_selector", part=SENDING, label=_("DKIM selector")),
    Setting(name="dkim_domain", part=SENDING, label=_("DKIM domain"), form="host", help=_("Empty: that of the address.")),
    Setting(name="dkim_key", part=SENDING, label=_("DKIM key"), form="secret", help=_("The private RSA key, in PEM.")),
    Setting(
        name="provider", part=SENDING, label=_("Mail provider"), help=PROVIDER, form="choice", choices=PROVIDERS, default="none"
    ),
    Setting(name="provider_key", part=SENDING, label=_("Key of the provider"), form="secret"),
    Setting(name="provider_webhook_secret", part=SENDING, label=_("Webhook secret of the provider"), form="secret"),
    Setting(name="signature_it", part=REPLIES, label=_("Signature, Italian"), form="long"),
    Setting(name="signature_en", part=REPLIES, label=_("Signature, English"), form="long"),
)
