# A newcomer's set-up: five taps from nothing to a live survey.

setup-step = Step { $number } of { $total }
setup-language = Which language suits you?
setup-zone = Where a customer's time is not known, we go by { $zone }: it is { $time } there now. Is that right? If not, choose yours.
setup-zone-given = Where a customer's time is not known, we go by { $zone }: it is { $time } there now. The setting DEFAULT_TZ on the server says so, and it can be changed only there.
setup-zone-set = { $zone }: it is { $time } there now
setup-zone-unknown = There is no time zone “{ $text }”.
setup-ask-zone = Write the name of yours as the IANA database has it, for example Europe/Berlin or Asia/Almaty.
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
setup-quiet = At what hours should customers not be disturbed?
setup-no-quiet = no quiet hours
setup-alerts = Where should bad scores go? Add the bot to the leads' group and send /alerts there. No group? Let them come here.
setup-chats = Somebody will see bad scores.
setup-no-chats = As long as no chat is subscribed, bad scores go to the admins in private.
setup-script = What should customers be asked about?
setup-purchase = Purchases
setup-support = Support tickets
setup-both = Both
setup-done = Done, it is live: { $scripts }. It asks as soon as events come from your system.
setup-next = { $count ->
    [one] Take it yourself to see what customers see.
   *[other] Take them yourself to see what customers see.
} Questions, texts and rules: /scripts. Roles and invitations: /staff.
setup-button-right = Right
setup-button-other-zone = Another
setup-button-back = ‹ Back
setup-button-begin = Set up step by step
setup-button-on = Go on
setup-button-sent = Go on
setup-button-here = Send them here
