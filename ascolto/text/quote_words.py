"""How mail programs announce what they quote, forward and sign, in the languages of our customers; data alone."""
# ruff: noqa: E501 (one language a line reads better than lines cut in the middle of one)

import re

# What ends (or stands within) the line above a quote: "On … wrote:", "Il … ha scritto:".
VERBS = (
    "wrote", "writes", "sent", "said", "ha scritto", "hanno scritto", "scrive", "scrisse", "a écrit", "a ecrit", "écrivait",
    "écrit", "schrieb", "schreibt", "geschrieben", "escribió", "escribio", "escribe", "va escriure", "ha escrit", "escreveu",
    "escreve", "schreef", "schrijft", "geschreven", "skrev", "skriver", "kirjoitti", "kirjoittaa", "napisał(a)", "napisał",
    "napisała", "pisze", "napsal(a)", "napsal", "napsala", "napísal(a)", "napísal", "napísala", "írta", "a scris", "scris",
    "написал(а)", "написал", "написала", "пишет", "писал", "писала", "написав", "написала(в)", "пише", "написа", "έγραψε",
    "γράψε", "yazdı", "napisao", "napisala", "je napisao/la", "napisao/la", "je napisal", "rakstīja", "parašė", "kirjutas",
    "quoting", "citando", "zitat von", "napisał(-a)", "đã viết", "menulis", "כתב", "כתב/ה", "כתבה", "كتب",
)  # fmt: skip
VERBS_WITHOUT_SPACES = ("写道", "寫道", "写信", "のメール", "書きました", "작성")
# How such a line begins; a date near the beginning does as well.
OPENERS = (
    "on", "il", "il giorno", "in data", "nel giorno", "alle", "le", "am", "el", "em", "a", "no dia", "op", "den", "på", "pe",
    "ke", "ti", "ma", "to", "su", "la", "w dniu", "dnia", "dne", "dňa", "în", "ve", "в", "от", "на", "στις", "tarihinde", "od",
    "u", "dana", "kl", "at", "vào", "pada", "2011", "d.",
)  # fmt: skip

FROM, SENT, DATED, TO, SUBJECT, COPY, OTHER = "from", "sent", "dated", "to", "subject", "copy", "other"
# Labels of the little head that stands above a quote without marks.
LABELS = {
    FROM: "from da de von van fra från frå od от от_кого отправитель lähettäjä kimden expéditeur mittente remitente "
    "absender afzender feladó odesílatel od_kogo de_la από 差出人 发件人 寄件者 보낸_사람 від message_de",
    SENT: "sent sent_on inviato inviato_il inviata inviata_il envoyé envoyé_le date_d'envoi gesendet gesendet_am enviado enviado_el "
    "enviado_em enviada enviada_em data_de_envio verzonden verzonden_op sendt skickat wysłano wysłane отправлено дата_отправки "
    "lähetetty gönderildi gönderilme_tarihi message_du elküldve odesláno trimis 送信日時 发送时间 보낸_날짜 надіслано",
    DATED: "date data data_invio datum fecha dato дата päiväys päivämäärä tarih dátum ημερομηνία 日付 日期 날짜",
    TO: "to a à per an para aan til till do кому получатель vastaanottaja kime alıcı destinataire destinatario empfänger "
    "ontvanger címzett komu către pentru προς 宛先 收件人 받는_사람",
    SUBJECT: "subject oggetto objet sujet betreff asunto assunto onderwerp emne ämne temat тема aihe konu assumpte tárgy "
    "předmět predmet subiect θέμα 件名 主题 主旨 제목 re",
    COPY: "cc bcc ccn cci cc: copie copie_à kopie kopia kopi копия копія kopio bilgi más_copia con_copia com_cópia másolat",
    OTHER: "reply-to attachments allegati anlagen importance importanza priority priorità wichtigkeit pièces_jointes "
    "rispondi_a répondre_à antwort_an organization organizzazione",
}  # fmt: skip
LABEL_KINDS = {word.replace("_", " "): kind for kind, words in LABELS.items() for word in words.split()}

# Between dashes, above a quote without marks.
ORIGINALS = frozenset(
    """
    original message|reply message|original email|original e-mail|original mail|original appointment|messaggio originale
    |messaggio di risposta|e-mail originale|email originale|mail originale|ursprüngliche nachricht|ursprüngliche mitteilung
    |urspr. nachricht|original nachricht|originalnachricht|original-nachricht|originalmeldung|antwort nachricht
    |ursprüngliche e-mail|message d'origine|message original|message initial|message d’origine|mensaje original
    |mensagem original|missatge original|oorspronkelijk bericht|origineel bericht|oprindelig meddelelse|oprindelig besked
    |opprinnelig melding|original melding|ursprungligt meddelande|originalmeddelande|alkuperäinen viesti|исходное сообщение
    |первоначальное сообщение|оригинальное сообщение|wiadomość oryginalna|oryginalna wiadomość|treść oryginalnej wiadomości
    |původní zpráva|původní e-mail|pôvodná správa|eredeti üzenet|mesaj original|originalna poruka|αρχικό μήνυμα|orijinal mesaj
    |özgün ileti|оригінальне повідомлення|元のメッセージ|原始邮件|原始郵件|원본 메시지
    """.replace("\n", " ").strip().split("|")
)  # fmt: skip
ORIGINALS = frozenset(each.strip() for each in ORIGINALS)
# Above what someone shows us: it was sent on so that we read it.
FORWARDS = tuple(
    each.strip()
    for each in """
    forwarded message|begin forwarded message|forwarded by|messaggio inoltrato|inizio messaggio inoltrato|messaggio in inoltro
    |inoltrato da|inizio del messaggio inoltrato|weitergeleitete nachricht|anfang der weitergeleiteten|message transféré
    |début du message réexpédié|début du message transféré|message réexpédié|mensaje reenviado|inicio del mensaje reenviado
    |mensaje reenviado por|mensagem encaminhada|início da mensagem encaminhada|mensagem reencaminhada|missatge reenviat
    |doorgestuurd bericht|begin doorgestuurd bericht|videresendt meddelelse|videresendt besked|videresendt melding
    |vidarebefordrat meddelande|vidarebefordrat brev|välitetty viesti|пересылаемое сообщение|пересланное сообщение
    |начало переадресованного сообщения|przekazana wiadomość|wiadomość przekazana|přeposlaná zpráva|továbbított üzenet
    |mesaj redirecționat|iletilen mesaj|προωθημένο μήνυμα|переслане повідомлення|转发的邮件|转发邮件|転送メッセージ|전달된 메일
    """.replace("\n", " ").split("|")
)  # fmt: skip

# What a telephone or a program adds below the words, as a line of its own.
DEVICES = re.compile(
    r"(?:sent (?:from|via|with|using|by|wirelessly|through)|get (?:outlook|bluemail|typeapp) for|shared from|composed (?:on|with)"
    r"|inviat[oae] (?:da|dal|dall|dalla|con|tramite|via|mediante)|messaggio inviato (?:da|con|dal)|spedit[oa] (?:da|dal|con)"
    r"|(?:scarica|ottieni) (?:outlook|bluemail) per|e-?mail inviata (?:da|dal|con)|scritto (?:da|dal|con) (?:il mio |iphone|ipad|android|mobile)"
    r"|gesendet (?:von|mit|über|aus|vom)|von meinem .{2,40} gesendet|diese nachricht wurde von|holen sie sich outlook|outlook für"
    r"|von .{2,40} (?:gesendet|geschickt)$|mit .{2,40} gesendet$"
    r"|envoyé (?:de|depuis|à partir|avec|via|sans fil|par|d)|obtenez outlook|télécharg\w+ outlook|provenance :"
    r"|enviad[oa] (?:desde|do|da|de|a partir|pelo|por|con|vía|através|des)|obtener outlook|obter o? ?outlook|enviat des"
    r"|verzonden (?:vanaf|met|via|vanuit|door)|verstuurd (?:vanaf|met|via)|outlook voor|download outlook"
    r"|sendt (?:fra|med|via)|skickat från|skickades från|skickat med|hämta outlook|hent outlook|last ned outlook|få outlook"
    r"|lähetetty|отправлено (?:с|из|через|со|от)|скачать outlook|надіслано (?:з|із)|wysłane? (?:z|ze|przez)|wysłano (?:z|ze|przez)"
    r"|odesláno (?:z|ze)|odoslané z|küldve|elküldve|trimis (?:de pe|din)|στάλθηκε από|iphone.{0,6}dan gönderildi|.{2,30}gönderildi$"
    r"|poslano (?:z|s|iz|sa)|iphoneから送信|从我的|發自我的|发自我的|나의 iphone에서|gửi từ)(?=\W|$|['’a-zà-ÿ])",
    re.IGNORECASE,
)

# What tells such a line from a sentence that begins like one and ends in a full stop.
PRODUCTS = re.compile(
    r"\b(?:my|mio|mia|mon|mein\w*|mi|meu|minha|mijn|min|mitt|mojego|моего|smartphone|samsung|galaxy|iphone|ipad|android|outlook"
    r"|proton|gmail|huawei|xiaomi|blackberry|mobile|cellulare|telefono|tablet|handy|telefoon|yahoo|libero|e?-?mail|posta|app|device)\b",
    re.IGNORECASE,
)

# A line of its own that begins the goodbye. Thanks are not among them: they are said to us.
CLOSINGS = re.compile(
    r"(?:(?:with |my |the )?(?:best|kind|kindest|warm|warmest|many|friendly|sincere)(?: (?:personal |and warm )?)?"
    r"(?:regards|wishes)|regards|best|cordially|(?:yours|very) (?:truly|faithfully)|rgds|br"
    r"|(?:(?:i (?:miei )?|con i |un |porgo |le porgo |vi porgo )?(?:più )?(?:cordial[ei]|distint[io]|migliori|car[io]|affettuos[io]|sentit[io]|sincer[io])"
    r" salut[io]|(?:in attesa|nell['’]attesa|restando in attesa)[\w ,'’]{0,60}(?:porgo|porgiamo|invio|inviamo)?[\w ,'’]{0,20}salut[io]|cordialmente"
    r"|cordialità|saluti(?: (?:cordiali|distinti))?|distintamente|salutoni)"
    r"|(?:mit )?(?:freundlichen|besten|herzlichen|vielen|lieben|schönen) grüßen?|mit freundlichem gruß|(?:freundliche|viele|liebe|beste|herzliche|schöne) grü(?:ß|ss)e"
    r"|(?:mit )?freundlichen gruessen|hochachtungsvoll|mfg|lg|vg"
    r"|(?:bien )?cordialement|bien à (?:vous|toi)|(?:sincères|meilleures|cordiales) salutations|salutations(?: distinguées)?|amicalement"
    r"|(?:un )?(?:cordial )?saludos?(?: cordiales| cordial)?|atentamente|(?:un )?atento saludo|muy atentamente"
    r"|atenciosamente|com os melhores cumprimentos|(?:melhores )?cumprimentos|cordiais saudações"
    r"|met vriendelijke groet(?:en)?|(?:vriendelijke|hartelijke) groet(?:en)?|groet(?:en|jes)?|mvg"
    r"|med vennlig hilsen|(?:med )?venlig hilsen|mvh|(?:med )?vänliga? hälsning(?:ar)?|hilsen|ystävällisin terveisin|terveisin"
    r"|с уважением|с наилучшими пожеланиями|з повагою|z poważaniem|pozdrawiam|s pozdravem|üdvözlettel|tisztelettel|üdv|köszönettel|cu stimă|με εκτίμηση|saygılarımla)"
    r"[\s,.;!–—-]*$",
    re.IGNORECASE,
)
CONTACT = re.compile(
    r"@|https?://|www\.|\b(?:tel|fax|cell|mob|mobile|phone|telefon[oe]?|skype|p\.? ?iva|whatsapp|int|ext)\b[.:]|\+?\(?\d{2,4}\)?[\s./-]?\d{3}",
    re.IGNORECASE,
)
