# The survey itself: what stands around the script's own texts.

survey-test = 🧪 Test survey: your answers will not be in any report.
survey-progress = Question { $number } of { $total }
survey-choose-several = You can choose more than one.
survey-current-score = Your score: { $value }
survey-current-answer = Your answer: { $value }
survey-write-here = You can write here, send a voice message or a photo.
survey-write-answer = Answer with a message: text, voice or a photo.
survey-reminder = A reminder: this survey is still waiting for your answer. We will not remind you again.
survey-shown-again = We were offline for a while, and taps may have been lost. If you were answering, please answer once more.
survey-still-open = This question is still waiting for your answer.
survey-noted = Thank you, noted.
survey-thanks = Thank you! We read every answer.
survey-thanks-low = Thank you for telling us. We have passed it on to the people who can put it right.
# Below the script's own thanks.
survey-passed-on = We have passed your answer on to the people who can put it right.
survey-comment-kept = Your comment is saved.
survey-write-more = If you want to add anything, just write it here.
survey-full = This survey is full: everything you wrote before is saved, but new messages and additions to earlier ones are not. Want to tell us more? Send /human to talk to a person.
survey-review = Which answer would you like to change?
survey-given-words = your message
survey-given-nothing = no answer
survey-expired = This survey has ended, so no answer is needed any more. Thank you!
survey-expired-partly = This survey has ended. We saved everything you answered. Thank you!
survey-erased = This survey is over: your data was erased.
survey-stopped = All right, this survey is stopped.
survey-stopped-partly = All right, this survey is stopped. The answers you have given are saved.

survey-moved = We now write to you in another chat: this survey has moved there.

survey-button-back = ← Back
survey-button-stop = Stop
survey-button-continue = Continue
survey-button-done = Done
survey-button-skip = Skip
survey-button-change = Change an answer
survey-button-keep = Leave as it is

survey-toast-answered = You have already answered this question
survey-toast-passed = This step is already done
survey-toast-elsewhere = The survey continues in another message
survey-toast-over = This survey has already ended. Thank you!
survey-toast-foreign = This survey is meant for somebody else
survey-toast-stopped = Survey stopped
survey-toast-other-open = Another survey is open now, so this one cannot continue
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
