# `/forget` where another person has to do with the same customer: an admin decides about the rest.

forget-what-yours = We will erase your name, your messages and files and the link to this chat at once. Your scores stay in the statistics, but nobody will know whose they are. This cannot be undone.
forget-shared = Another person is connected with the same orders and requests. So our staff will decide about the rest: we will write here what came of it, within a month.
forget-shared-some = Another person is connected with some of these orders and requests. We will erase what is yours there, too, and our staff will decide about the rest: we will write here what came of it, within a month.
forget-waiting = Your last request is still waiting for our staff to decide. When they have, we will write here.
forget-done-yours = Done: everything that you shared is erased.
forget-done-rest = Our staff will decide about the rest. We will write here what came of it, within a month; until then this chat is all we remember.
forget-ended-erased = You asked us to erase your data. Now the rest is erased, too.
forget-ended-kept = You asked us to erase your data. Everything that you shared was erased at once. Our staff have looked at the rest and kept it: it is about another person. If that is not so, send /human.
forget-ended-in-time = You asked us to erase your data. Now the rest is erased, too, except what another person shared.
forget-ended-waiting = { $count ->
        [one] { $count } more request of yours waits for a decision.
       *[other] { $count } more requests of yours wait for a decision.
    }

forget-request-title = 🗑 <b>A request to erase data</b>
forget-request-about = { $at }: a person connected with the customer { $customer } sent /forget. Everything that they shared, and their connection with the customer, is erased already. But another person is connected with this customer, too, and the program cannot know which of them is the real one: a link can be found. Please look into it and decide about the rest.
forget-request-numbers = To be erased: { $events } events, { $answered } surveys with answers. Scores stay in the figures, without a name. This cannot be undone.
forget-request-until = If nobody decides by { $until }, everything but the other person's answers is erased by itself: the law gives such a request a month.
forget-request-button-erase = Erase the customer
forget-request-button-keep = Keep the rest
forget-request-erased = Decided: the customer is erased.
forget-request-kept = Decided: the rest is kept.
forget-request-ended = The time is over: everything but the other person's answers is erased.
forget-request-outdated = This question is no longer open.
forget-request-toast-erased = The customer is erased
forget-request-toast-kept = Kept
forget-request-toast-decided = Already decided
forget-request-toast-changed = The data have changed, please look again
forget-request-toast-late = The time is over, it is being erased
forget-request-toast-not-admin = Only admins decide this
