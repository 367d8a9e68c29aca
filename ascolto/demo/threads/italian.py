"""Conversations in Italian."""

from ascolto.demo.threads.script import Script, agent, customer, note

ITALIAN: tuple[Script, ...] = (
    Script(
        topic="pacco consegnato ma non arrivato",
        language="it",
        openings=(
            "Buongiorno, il corriere segna “consegnato” da {day} ma qui non è arrivato niente. Ordine {order}, {product}.",
            "Il pacco {order} risulta consegnato e io ero in casa tutto il giorno. Non ha suonato nessuno.",
            "Mi dite dov’è il mio ordine {order}? Il tracciamento dice consegnato, in portineria non c’è.",
        ),
        lines=(
            agent(
                9,
                "Buongiorno {name}, capisco la seccatura: aspettare in casa e non vedere arrivare nessuno. Guardo la foto di consegna.",
            ),
            note(4, "Consegnato al civico 41 invece che al 14. Aperta la segnalazione al corriere."),
            agent(
                6,
                "Il corriere ha lasciato il pacco a un civico vicino. Le spedisco oggi di nuovo {product}: non deve fare nulla, nemmeno per il primo pacco.",
            ),
            customer(22, "Grazie, non mi aspettavo che lo rispediste senza farmi aspettare."),
            agent(3, "È un nostro dovere. Il nuovo pacco arriva {day}, le scrivo appena è in consegna."),
        ),
        csat=(4, 5, 5, 4, 3),
        effort=(1, 2, 2, 3),
        why=("Rispedito subito senza discutere", "Veloci, ma il corriere andrebbe cambiato", "Non ho dovuto ripetere niente"),
        tags=("spedizione",),
        share=5,
    ),
    Script(
        topic="la lampada si spegne da sola",
        language="it",
        openings=(
            "La lampada si accende e si spegne da sola, ho già cambiato lampadina.",
            "Ho comprato {product} un mese fa e da ieri sfarfalla. È pericoloso?",
            "{product} fa contatto: se la tocco si spegne. Come faccio?",
        ),
        lines=(
            agent(
                7, "Buongiorno {name}, ha fatto bene a fermarsi: stacchi la spina e non la usi. Mi manda una foto dell’attacco?"
            ),
            customer(14, "Eccola.", "attacco-lampada.png"),
            agent(
                11,
                "È l’attacco del 2024, lo cambiamo noi senza spese. Le spedisco il pezzo domani; se preferisce lo montiamo insieme al telefono.",
            ),
            customer(8, "Lo monto io, grazie. Non serve altro?"),
            agent(
                2,
                "Nient’altro. Se dopo il cambio sfarfalla ancora, risponda qui: la conversazione si riapre e non deve rispiegare nulla.",
            ),
        ),
        csat=(5, 5, 4, 4),
        effort=(1, 2, 2, 3),
        why=("Hanno capito subito", "Il pezzo gratis è stata una bella sorpresa", "Chiari e gentili"),
        tags=("guasto",),
        share=4,
        file="",
    ),
    Script(
        topic="il codice sconto non funziona",
        language="it",
        openings=(
            "Il codice sconto della vostra mail non viene accettato alla cassa.",
            "Ho messo tre volte il codice ma dice “non valido”. L’offerta scade stasera.",
        ),
        lines=(
            agent(
                5,
                "Buongiorno {name}, l’errore è nostro: il codice della mail di {day} aveva una lettera in più. Quello giusto è LUCE10.",
            ),
            customer(6, "Adesso funziona, grazie."),
        ),
        csat=(5, 4, 4, 3),
        effort=(2, 2, 3, 4),
        why=("Risposta in cinque minuti", "Potevate accorgervene prima"),
        tags=("sconto",),
        share=3,
    ),
    Script(
        topic="fattura intestata diversamente",
        language="it",
        openings=(
            "Mi serve la fattura dell’ordine {order} intestata all’amministrazione condominiale. È possibile?",
            "La fattura {order} ha il codice fiscale sbagliato, la devo rifare per la contabilità.",
        ),
        lines=(
            agent(35, "Buongiorno {name}, certo. Mi scrive i dati con la partita IVA? Li copio nell’ordine e la rifaccio oggi."),
            customer(
                90, "Condominio Via delle Rose 14. La partita IVA ce l’avete già nell’ordine dell’anno scorso, ve l’avevo data."
            ),
            note(5, "Aveva ragione: c’era già nell’ordine del 2025. Non richiedere."),
            agent(12, "Ha ragione, c’era già: mi scuso per averla chiesta di nuovo. La fattura corretta parte ora per e-mail."),
        ),
        csat=(3, 4, 3, 2),
        effort=(3, 4, 4, 3),
        why=("Mi avete chiesto una cosa che avevo già dato", "Alla fine risolto", "Dati chiesti due volte"),
        tags=("fattura",),
        share=3,
    ),
    Script(
        topic="cambio di colore",
        language="it",
        openings=(
            "Ho ordinato {product} in verde ma l’ho visto bene e lo vorrei in bianco. Faccio in tempo? Ordine {order}.",
            "Posso cambiare il colore prima che spediate? {order}",
        ),
        lines=(
            agent(
                6,
                "Buongiorno {name}, in tempo per un soffio: l’ordine non è ancora partito. Cambiato in bianco, il prezzo è lo stesso.",
            ),
            customer(4, "Perfetto, grazie mille."),
        ),
        csat=(5, 5, 4),
        effort=(1, 1, 2),
        why=("Un minuto", "Non pensavo si potesse"),
        tags=("ordine",),
        share=3,
    ),
    Script(
        topic="reso oltre i termini",
        language="it",
        openings=(
            "Vorrei rendere {product}, ma sono passati 35 giorni. Ero in ospedale, non ho potuto prima.",
            "Il reso {order} viene rifiutato dal sito perché è scaduto. Non c’è modo?",
        ),
        lines=(
            agent(
                48,
                "Buongiorno {name}. Il sito ferma i resi a 30 giorni. Chiedo a chi può decidere e le scrivo entro domani alle 12.",
            ),
            note(60, "Chiesto l’eccezione. La regola dei 30 giorni non prevede malattia: da segnalare."),
            customer(1500, "È passato mezzogiorno. Novità?"),
            agent(75, "Mi scuso, dovevo scriverle prima. Reso accettato: l’etichetta è nella sua e-mail e non paga nulla."),
            customer(30, "Va bene, però ho dovuto insistere."),
        ),
        csat=(2, 3, 2, 4),
        effort=(4, 4, 5, 3),
        why=("Ho dovuto insistere", "La regola dei 30 giorni è rigida", "Promesso entro le 12 e non è stato così"),
        tags=("reso", "eccezione"),
        share=2,
    ),
    Script(
        topic="quale lampadina",
        language="it",
        openings=(
            "Quale lampadina va bene per {product}?",
            "Un LED da 10 W va bene per {product}?",
        ),
        lines=(
            agent(4, "Buongiorno {name}: attacco E27, LED fino a 12 W. Se vuole una luce calda per leggere, 2700 K."),
            customer(3, "Grazie mille."),
        ),
        csat=(5, 5, 5, 4),
        effort=(1, 1, 2),
        why=("Subito",),
        tags=("prodotto",),
        share=4,
    ),
    Script(
        topic="regalo con una data",
        language="it",
        openings=(
            "La lampada è il regalo per mia madre e sabato è il suo compleanno. L’ordine {order} è ancora “in preparazione”.",
            "È un regalo per un matrimonio domenica. Arriva in tempo il {order}?",
        ),
        lines=(
            agent(
                8,
                "Buongiorno {name}, capisco che la data è quella e il tempo è poco. Sento il magazzino e le dico qualcosa entro un’ora.",
            ),
            agent(
                41, "L’ho fatta passare avanti: parte oggi con il corriere espresso, arriva {day}. La differenza la paghiamo noi."
            ),
            customer(12, "Siete un tesoro, davvero."),
            agent(1500, "Buongiorno {name}, il corriere segna la consegna alle 10:12. Auguri alla festeggiata."),
        ),
        csat=(5, 5, 5),
        effort=(1, 2, 1),
        why=("Avete capito che era importante", "Mi hanno avvisato loro", "Meglio di come pensavo"),
        tags=("spedizione", "regalo"),
        share=3,
    ),
    Script(
        topic="rimborso in ritardo",
        language="it",
        openings=(
            "Il rimborso dell’ordine {order} doveva arrivare una settimana fa.",
            "Sono tre settimane che aspetto {amount} euro. È la terza volta che scrivo.",
        ),
        lines=(
            agent(120, "Buongiorno {name}, mi dispiace per l’attesa. Controllo con l’amministrazione."),
            note(30, "L’amministrazione dice che il lotto di {day} non è partito. Stesso problema di altri quattro clienti."),
            customer(1300, "Quindi? Nessuno mi scrive mai quando dite."),
            agent(
                45,
                "Ha ragione. Il bonifico è stato fatto stamattina, le allego la ricevuta; la vede sul conto entro due giorni lavorativi.",
            ),
        ),
        csat=(1, 2, 2, 3),
        effort=(5, 4, 5),
        why=("Tre volte ho dovuto scrivere", "Nessuno avvisa", "Soldi in ritardo di settimane"),
        tags=("rimborso",),
        share=3,
    ),
    Script(
        topic="il programma non si avvia",
        language="it",
        openings=(
            "Ho aggiornato il programma delle luci come diceva la mail e ora non si avvia. Ho una consegna alle 18.",
            "Dopo l’aggiornamento l’app non si apre più, resta sulla schermata bianca.",
        ),
        lines=(
            agent(
                6,
                "Buongiorno {name}, con una consegna alle 18 partiamo dalla via più corta: le mando il programma di prima, così lavora subito.",
            ),
            agent(3, "Lo apra e lasci stare l’aggiornamento. Intanto cerchiamo la causa e le scriviamo quando è sistemata."),
            customer(18, "Riparte. Salvata la consegna, grazie.", "programma-aperto.png"),
        ),
        csat=(5, 4, 5, 4),
        effort=(2, 2, 3, 1),
        why=("Hanno pensato alla mia scadenza", "La mail diceva di aggiornare, però"),
        tags=("app", "aggiornamento"),
        share=4,
        file="errore-avvio.png",
    ),
    Script(
        topic="paralume rotto",
        language="it",
        openings=(
            "Il paralume è arrivato con una crepa. Ordine {order}.",
            "La scatola è integra ma il paralume dentro è rotto. Avevo ordinato {product}.",
        ),
        lines=(
            agent(
                10,
                "Buongiorno {name}, mi dispiace: doveva essere una cosa bella da aprire. Il ricambio parte domani, quello rotto non lo rispedisca.",
            ),
            customer(15, "Non devo nemmeno fare la foto?"),
            agent(2, "No, ci fidiamo. Se il ricambio non le piace ci scriva qui."),
        ),
        csat=(5, 5, 4),
        effort=(1, 1, 2),
        why=("Nessuna burocrazia", "Mi avete creduto"),
        tags=("guasto", "spedizione"),
        share=3,
        file="paralume.png",
    ),
    Script(
        topic="indirizzo sbagliato",
        language="it",
        openings=(
            "Ho messo il vecchio indirizzo nell’ordine {order}, si può cambiare?",
            "Nell’indirizzo di {order} manca la scala.",
        ),
        lines=(
            agent(15, "Buongiorno {name}, fatto: ora è quello nuovo. Se il corriere lo ha già in mano, lo avvisiamo noi."),
            customer(9, "Grazie."),
        ),
        csat=(4, 5, 4),
        effort=(2, 1, 2),
        tags=("ordine",),
        share=3,
    ),
)
