-- The journal has all of it by now.
DROP TABLE former_transitions;
DROP INDEX answers_position;
ALTER TABLE answers DROP COLUMN former_position;
DELETE FROM counters WHERE name = 'answers';

CREATE INDEX journal_survey ON journal (survey, answer) WHERE survey IS NOT NULL;
CREATE INDEX journal_answers ON journal (position) WHERE answer IS NOT NULL;
CREATE INDEX journal_person ON journal (person) WHERE person IS NOT NULL;
