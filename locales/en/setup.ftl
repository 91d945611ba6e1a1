# A newcomer's set-up: five taps from nothing to a live survey.

setup-step = Step { $number } of { $total }
setup-language = Which language do you prefer?
setup-zone = If a customer’s time zone is unknown, we go by { $by }: it is { $time } now. Is that right?
setup-zone-given = If a customer’s time zone is unknown, we go by { $by }: it is { $time } now. The setting DEFAULT_TZ on the server says so, and it can only be changed there.
setup-by-zone = { $city ->
        [kaliningrad] Kaliningrad time
        [moscow] Moscow time
        [samara] Samara time
        [yekaterinburg] Yekaterinburg time
        [omsk] Omsk time
        [novosibirsk] Novosibirsk time
        [irkutsk] Irkutsk time
        [yakutsk] Yakutsk time
        [vladivostok] Vladivostok time
        [magadan] Magadan time
        [kamchatka] Kamchatka time
       *[other] the time in { $zone }
    }
setup-zone-set = Time zone: { $zone }, it is { $time } now
setup-zone-unknown = There is no time zone “{ $text }”.
setup-ask-zone = Write your city or time zone, for example Berlin or Asia/Almaty.
setup-zone-kaliningrad = Kaliningrad
setup-zone-moscow = Moscow
setup-zone-samara = Samara
setup-zone-yekaterinburg = Yekaterinburg
setup-zone-omsk = Omsk
setup-zone-novosibirsk = Novosibirsk
setup-zone-irkutsk = Irkutsk
setup-zone-yakutsk = Yakutsk
setup-zone-vladivostok = Vladivostok
setup-zone-magadan = Magadan
setup-zone-kamchatka = Kamchatka
setup-quiet = During which hours should customers not be disturbed?
setup-no-quiet = Any time is fine
setup-alerts = Where should cases go: bad scores, and customers who ask for a person? Add the bot to the leads’ group and send /alerts there. No group? Get them here.
setup-chats = There is a chat for cases.
setup-no-chats = There is no chat for cases yet: they will go to the admins in private messages.
setup-script = What should customers be asked about?
setup-purchase = Purchases
setup-support = Support tickets
setup-both = Both
setup-done = { $count ->
        [one] Done, the survey is live: { $scripts }.
       *[other] Done, the surveys are live: { $scripts }.
    }
setup-events = <b>Events are what is left.</b> Your system tells the bot about each purchase and each closed ticket, in one request:
setup-key-environment = The key is the one in the setting API_KEY on the server.
setup-key-named = For $KEY use the key “{ $name }”, which <code>afterword key add</code> showed.
setup-key-none = For $KEY you need a key. There is none yet, create it on the server: <code>afterword key add shop --scope events</code>
setup-import = Have an export? Load the file: <code>afterword import events.csv</code>. All fields: { $address }
setup-next = { $count ->
        [one] Take the survey yourself to see what customers see. Questions, texts and rules: /scripts. Roles and invitations: /staff. A help desk, a CRM or a shop connects without code: /hooks.
       *[other] Take the surveys yourself to see what customers see. Questions, texts and rules: /scripts. Roles and invitations: /staff. A help desk, a CRM or a shop connects without code: /hooks.
    }
setup-button-right = Yes
setup-button-other-zone = Another city
setup-button-back = ‹ Back
setup-button-begin = Set up step by step
setup-button-on = Continue
setup-button-sent = Continue
setup-button-here = Send them here
