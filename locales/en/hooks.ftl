hooks-title = <b>Connected systems</b>
hooks-none = None yet. A help desk, a CRM or a shop can send events by itself, without code.
hooks-line = { $name } — { $system }, { $state }
hooks-state-watching = only watching
hooks-state-live = live
hooks-systems = What do you want to connect?
hooks-made =
    <b>{ $name }</b>: the address is ready. It is shown only now, and only you and that system should know it:

    { $url }
hooks-new-address =
    <b>{ $name }</b>: a new address. The old one has ended. This one is shown only now:

    { $url }
hooks-no-public-url = Put the address of this program before it: PUBLIC_URL is not set.
hooks-unverified = Nobody has tried these steps on a real account yet: if something is different in yours, tell us.
hooks-unreachable = ⚠️ Only customers who have started the bot can be asked: nobody brings others their link, for this system names neither their e-mail address nor their phone number.
hooks-unreachable-set = ⚠️ Only customers who have started the bot can be asked: nobody brings others their link. Any of these variables would be a way: { $set }.
hooks-next = Then send something from there, for example close a trial ticket: you will see here what arrived and what it would become. No event is made until you say so.
hooks-hook = <b>{ $name }</b> — { $system }, { $state }
hooks-settings = Settings: <code>{ $settings }</code>
hooks-refused = { $count ->
    [one] { $count } delivery did not pass the check, at { $at }
   *[other] { $count } deliveries did not pass the check, the last one at { $at }
}
hooks-nothing-yet = Nothing has arrived yet.
hooks-delivery-line = No. { $number }, { $at }: { $outcome }
hooks-delivery = <b>{ $name }</b>
    { $line }
hooks-delivery-gone = What this delivery held is gone: it was deleted.
hooks-absent = absent
hooks-outcome-event = an event
hooks-outcome-known = known already
hooks-outcome-watched = would be an event
hooks-outcome-received = waits to be read
hooks-outcome-ping = a test of the connection
hooks-outcome-already-closed = the ticket is closed already
hooks-outcome-repeat = a repeat
hooks-outcome-no-rule = nothing that we ask about
hooks-outcome-failed = failed: { $reason }
hooks-repair-number-as-text = a number became a text
hooks-repair-text-as-number = a text became a number
hooks-repair-text-as-flag = a text became yes or no
hooks-repair-split = a text was split into labels
hooks-repair-phone = the number was made international
hooks-repair-language = the language became a code
hooks-repair-time-in-zone = the time has no time zone
hooks-repair-other-time = the time is written in another way
hooks-repair-unix-time = the time is counted from 1970
hooks-repair-entities = HTML entities were decoded
hooks-repair-controls = line breaks were removed
hooks-repair-cut = shortened
hooks-repair-no-value = it stands for nothing: null, 0, or a placeholder that was not filled in
hooks-repaired-now = now { $value }
hooks-repair-dropped = does not fit, left out
hooks-ask-secret = Send the secret for “{ $name }” in your next message, then delete that message from the chat. The previous secret stays valid until another one comes.
hooks-secret-wrong = That will not do: one line of at most 512 characters is needed.
hooks-secret-no-login = That can never match: write it as login:password, as they are in the other system.
hooks-secret-not-base64 = That can never match: the secret is whsec_ and base64, as the other system shows it.
hooks-secret-kept = The secret is stored: deliveries are checked with it from now on.
hooks-ask-setting = What do you want to change in “{ $name }”? Write <code>name=value</code>, each on a line of its own; an empty value brings back the original. Names: { $names }.
hooks-setting-wrong = That will not do: write a name from the list, “=” and a value. A time zone is written like Europe/Moscow, the only country is RU so far.
hooks-sure-address = Give “{ $name }” a new address? The old one ends at once.
hooks-sure-revoke = Disconnect “{ $name }”? Its address ends at once; its events stay.
hooks-button-connect = ➕ Connect
hooks-button-back = ← Back
hooks-button-arrived = What arrived
hooks-button-hook = ← To the deliveries
hooks-button-refresh = Refresh
hooks-button-go = ✅ That is right, go
hooks-button-go-unseen = Go without having seen a right delivery
hooks-button-watch = Only watch
hooks-button-secret = Secret
hooks-button-settings = Settings
hooks-button-address = New address
hooks-button-revoke = Disconnect
hooks-button-replay = Read it again
hooks-toast-live = Deliveries become events from now on
hooks-toast-watching = Only watching from now on
hooks-toast-revoked = Disconnected
hooks-toast-gone = This system is not here any more
hooks-toast-replayed = It will be read again
hooks-outcome-skipped = skipped
hooks-outcome-not-read = failed
hooks-outcome-counted = { $outcome }: { $count }
hooks-element = Element { $number }: { $outcome }
hooks-reason-absent = there is no value
hooks-reason-absent-of = there is no value: the delivery has no { $names }
hooks-and = {" "}and no{" "}
hooks-reason-future = the time is in the future: is the time zone (tz) right?
hooks-reason-time = the time cannot be read
hooks-reason-word = there is no such value
hooks-reason-type = the value is of another kind
hooks-reason-expression = the expression cannot be computed
hooks-reason-slow = the expression took too long and was stopped
hooks-reason-no-list = this is no list
hooks-reason-too-many = there are too many elements
hooks-reason-json = this is not JSON
hooks-reason-charset = its text is not UTF-8, and not in a charset that it names
hooks-reason-multipart = multipart/form-data is not read: send JSON, or a form as application/x-www-form-urlencoded
hooks-reason-nobodys = this is nobody's ID: empty, 0, a word like null, or a placeholder that was not filled in
hooks-reason-earlier = there is no earlier event that it is about
hooks-reason-character = there is a character that is not allowed
hooks-reason-twice = one name stands there twice
hooks-reason-long = the value is too long
hooks-reason-internal = an error in the program; its log has more
hooks-reason-gone = the system is disconnected, or its preset cannot be read
hooks-reason-rule = rule { $number }, when
hooks-reason-other = afterword hook show has more
hooks-reason-malformed = the body cannot be read: { $why }
hooks-changed = The settings are stored. Of the newest deliveries, these are read differently now:
hooks-changed-line = No. { $number }: { $before } → { $after }
hooks-more = …and { $count } more
hooks-changed-nothing = The settings are stored. The newest deliveries are read as before.
hooks-silent = 📭 “{ $name }” ({ $system }): nothing has arrived for { $hours } hours, though events used to arrive all the time. See whether the webhook there is still on; /hooks helps an admin.
hooks-failing = ⚠️ “{ $name }” ({ $system }): { $failed } of the { $newest } newest deliveries could not be read, and nobody is asked about them. An admin finds the reasons in /hooks.
