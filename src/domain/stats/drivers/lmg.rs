//! The Shapley value of R²: the contribution of each predictor, averaged over all orders in which predictors can be
//! added.
//!
//! Lindeman, Merenda & Gold 1980, Introduction to Bivariate and Multivariate Analysis, p. 119; Grömping 2007, Am. Stat.
//! 61, 139.

use crate::domain::stats::number::float;
use crate::domain::stats::products::Products;

/// If the other predictors leave less than this of a predictor's variance, it adds nothing to them.
const NOTHING_LEFT: f64 = 1e-10;

/// Correlations among the predictors, and with the outcome in the last row and column. Those of a constant are 0.
pub(super) struct Correlations {
    matrix: Vec<Vec<f64>>,
}

impl Correlations {
    pub(super) fn of(products: &Products, predictors: &[usize], outcome: usize) -> Self {
        let columns: Vec<usize> = predictors.iter().copied().chain([outcome]).collect();
        let correlation = |a: usize, b: usize| {
            let variances = products.centred(a, a) * products.centred(b, b);
            if variances > 0.0 { products.centred(a, b) / variances.sqrt() } else { 0.0 }
        };
        let row = |a: &usize| columns.iter().map(|b| correlation(*a, *b)).collect();
        Self { matrix: columns.iter().map(row).collect() }
    }

    fn predictors(&self) -> usize {
        self.matrix.len() - 1
    }

    pub(super) fn with_outcome(&self, predictor: usize) -> f64 {
        self.matrix[predictor][self.predictors()]
    }

    /// `Σ |M|!(k−1−|M|)!/k!·(R²(M+f) − R²(M))` over the subsets M without f. The values add up to the R² of all
    /// predictors.
    pub(super) fn relative_importance(&self) -> Vec<f64> {
        let k = self.predictors();
        let r2: Vec<f64> = (0..1_usize << k).map(|subset| self.r2(subset)).collect();
        let importance = |predictor: usize| {
            let without = (0..r2.len()).filter(|subset| subset & (1 << predictor) == 0);
            without
                .map(|subset| {
                    weight(subset.count_ones() as usize, k) * (r2[subset | 1 << predictor] - r2[subset])
                })
                .sum()
        };
        (0..k).map(importance).collect()
    }

    /// R² of the outcome on the predictors whose bits are set, computed by eliminating them one by one.
    fn r2(&self, subset: usize) -> f64 {
        let outcome = self.predictors();
        let mut left = self.matrix.clone();
        let mut r2 = 0.0;
        for pivot in (0..outcome).filter(|predictor| subset & (1 << predictor) != 0) {
            let eliminated = left[pivot].clone();
            if eliminated[pivot] < NOTHING_LEFT {
                continue;
            }
            r2 += eliminated[outcome] * eliminated[outcome] / eliminated[pivot];
            for row in left.iter_mut().skip(pivot + 1) {
                let factor = row[pivot] / eliminated[pivot];
                for (value, of_pivot) in row.iter_mut().zip(&eliminated).skip(pivot) {
                    *value -= factor * of_pivot;
                }
            }
        }
        r2
    }
}

/// |M|!(k−1−|M|)!/k! = 1/(k·C(k−1, |M|)).
fn weight(size: usize, k: usize) -> f64 {
    let choices = (0..size).fold(1, |choices, i| choices * (k - 1 - i) / (i + 1));
    1.0 / float((k * choices) as u64)
}
