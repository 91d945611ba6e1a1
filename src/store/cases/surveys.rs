//! The surveys that belong to cases.

use crate::domain::case::Membership;
use crate::domain::ids::{CaseNumber, SurveyKey};
use crate::store::{Error, Result, Tx, on_engine, query, query_as};

impl Tx {
    /// Notes that a survey belongs to a case. This never changes.
    pub async fn insert_case_survey(
        &mut self,
        number: CaseNumber,
        survey: SurveyKey,
        how: Membership,
    ) -> Result<()> {
        let query = query("INSERT INTO case_surveys (survey, case_number, how) VALUES ($1, $2, $3)")
            .bind(survey)
            .bind(number)
            .bind(how.as_str());
        on_engine!(self, execute, query)?;
        Ok(())
    }

    /// Returns the cases of these surveys, each once.
    pub async fn list_cases_of_surveys(&mut self, surveys: &[SurveyKey]) -> Result<Vec<CaseNumber>> {
        let text = |list: &str| {
            format!(
                "SELECT DISTINCT case_number FROM case_surveys WHERE survey IN {list} ORDER BY case_number"
            )
        };
        let rows: Vec<(CaseNumber,)> = self.rows_of(surveys, text).await?;
        Ok(rows.into_iter().map(|(number,)| number).collect())
    }

    /// Lists the surveys of a case in the order in which they came to it.
    pub async fn list_case_surveys(&mut self, number: CaseNumber) -> Result<Vec<(SurveyKey, Membership)>> {
        let query = query_as::<(SurveyKey, String)>(
            "SELECT survey, how FROM case_surveys WHERE case_number = $1 ORDER BY survey",
        )
        .bind(number);
        let read = |(survey, how): (SurveyKey, String)| {
            let how =
                how.parse().map_err(|_| Error::broken("case_surveys", format!("survey {survey}: how")))?;
            Ok((survey, how))
        };
        on_engine!(self, fetch_all, query)?.into_iter().map(read).collect()
    }
}
