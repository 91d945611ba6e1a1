# The survey itself: what stands around the script's own texts.

survey-test = 🧪 Test survey: the answers are in no report.
survey-progress = Question { $number } of { $total }
survey-choose-several = You can choose more than one.
survey-current-score = Your score: { $value }
survey-current-answer = Your answer: { $value }
survey-write-here = You can write here, send a voice message or a photo.
survey-write-answer = Answer with a message: text, voice or a photo.
survey-reminder = A reminder: this survey is still waiting for your answer. We will not remind you again.
survey-shown-again = We were out of reach for a while, and taps may have been lost. If you were answering, please tap once more.
survey-still-open = This question is still waiting for your answer.
survey-noted = Thank you, noted.
survey-thanks = Thank you for your answer!
survey-comment-kept = Your comment is saved. If you want to add something, just write it here.
survey-full = This survey has no more room: all you wrote before is saved, but new messages, and what you add to earlier ones, are not. Would you like to tell more? Send /human to talk to a human.
survey-review = Which answer would you like to change?
survey-given-words = your message
survey-given-nothing = no answer
survey-expired = This survey has ended, no answer is needed any more. Thank you!
survey-expired-partly = This survey has ended. Everything you answered is saved. Thank you!
survey-erased = This survey is over: your data was erased.
survey-stopped = All right, this survey is stopped.
survey-stopped-partly = All right, this survey is stopped. The answers you have given are saved.

survey-moved = We write in another chat from now on: this survey has moved there.

survey-button-back = ← Back
survey-button-stop = Stop this survey
survey-button-done = Done
survey-button-skip = Skip
survey-button-change = Change an answer
survey-button-keep = Leave as it is

survey-toast-answered = You have answered this already
survey-toast-passed = This step is done already
survey-toast-elsewhere = The survey goes on in another message
survey-toast-over = This survey has already ended. Thank you!
survey-toast-foreign = This survey is not addressed to you
survey-toast-stopped = Survey stopped
survey-toast-unknown = This button no longer works

# What the numbers mean, where the script does not say it.
scale-ends = { $low } = { $low_meaning }, { $high } = { $high_meaning }
scale-satisfied-low = very bad
scale-satisfied-high = excellent
scale-nps-low = not at all likely
scale-nps-high = extremely likely
scale-easy-low = very difficult
scale-easy-high = very easy
scale-hard-low = very easy
scale-hard-high = very difficult
scale-important-low = not important at all
scale-important-high = very important
scale-smiley-1 = 🙁 Bad
scale-smiley-2 = 😐 Okay
scale-smiley-3 = 🙂 Great
scale-yes = Yes
scale-no = No

# As the company's people read a moment and a day, in the signs of strftime.
date-moment = %Y-%m-%d %H:%M
date-day = %-d %b %Y

# A day as people say it.
date-day-month = { $month ->
    [1] { $day } January
    [2] { $day } February
    [3] { $day } March
    [4] { $day } April
    [5] { $day } May
    [6] { $day } June
    [7] { $day } July
    [8] { $day } August
    [9] { $day } September
    [10] { $day } October
    [11] { $day } November
   *[12] { $day } December
}
