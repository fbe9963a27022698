//! Service plans of Exchange that come without a mailbox.
//!
//! The directory files most of compliance and protection under the service "exchange": a licence of Office 365 E5
//! brings one plan with a mailbox and about twenty without. What is not on this list counts as a plan with a
//! mailbox, so that a plan that is new costs an error row and not a mailbox.
//!
//! Source: Microsoft Entra "Product names and service plan identifiers for licensing".

const WITHOUT_MAILBOX: [&str; 29] = [
    "113feb6c-3fe4-4440-bddc-54d774bf0318", // EXCHANGE_S_FOUNDATION
    "922ba911-5694-4e99-a794-73aed9bfeec8", // EXCHANGE_S_FOUNDATION_GOV
    "176a09a6-7ec5-4039-ac02-b2791c6ba793", // EXCHANGE_S_ARCHIVE_ADDON
    "da040e0a-b393-4bea-bb76-928b3fa1cf5a", // EXCHANGE_S_ARCHIVE
    "326e2b78-9d27-42c9-8509-46c827743a17", // EOP_ENTERPRISE
    "75badc48-628e-4446-8460-41344d73abd6", // EOP_ENTERPRISE_PREMIUM
    "f20fedf3-f3c3-43c3-8267-2bfdd51c0939", // ATP_ENTERPRISE
    "8e0c0a52-6a6c-4d40-8370-dd62790dcd70", // THREAT_INTELLIGENCE
    "bf6f5520-59e3-4f82-974b-7dbbc4fd27c7", // SAFEDOCS
    "199a5c09-e0ca-4e37-8f7c-b05d533e1ea2", // MICROSOFTBOOKINGS
    "34c0d7a0-a70f-4668-9238-47f9fc208882", // EXCHANGE_ANALYTICS
    "a6520331-d7d4-4276-95f5-15c0933bc757", // GRAPH_CONNECTORS_SEARCH_INDEX
    "9f431833-0334-42de-a7dc-70aa40db46db", // LOCKBOX_ENTERPRISE
    "2f442157-a11c-46b9-ae5b-6e39ff4e5849", // M365_ADVANCED_AUDITING
    "e26c2fcc-ab91-4a61-b35c-03cdc8dddf66", // INFO_GOVERNANCE
    "65cc641f-cccd-4643-97e0-a17e3045e541", // RECORDS_MANAGEMENT
    "46129a58-a698-46f0-aa5b-17f6586297d9", // DATA_INVESTIGATIONS
    "9d0c4ee5-e4a1-4625-ab39-d82b619b1a34", // INSIDER_RISK_MANAGEMENT
    "41fcdd7d-4733-4863-9cf4-c65b83ce2df4", // COMMUNICATIONS_COMPLIANCE
    "6dc145d6-95dd-4191-b9c3-185575ee6f6b", // COMMUNICATIONS_DLP
    "6db1f1db-2b46-403f-be40-e39395f08dbb", // CUSTOMER_KEY
    "b1188c4c-1b36-4018-b48b-ee07604f6feb", // PAM_ENTERPRISE
    "d2d51368-76c9-4317-ada2-a12c004c432f", // ML_CLASSIFICATION
    "4de31727-a228-4ec3-a5bf-8e45b5ca48cc", // EQUIVIO_ANALYTICS
    "5136a095-5cf0-4aff-bec3-e84448b38ea5", // MIP_S_CLP1
    "efb0351d-3b08-4503-993d-383af8de41e3", // MIP_S_CLP2
    "cd31b152-6326-4d1b-ae1b-997b625182e6", // MIP_S_EXCHANGE
    "617b097b-4b93-4ede-83de-5f075bb5fb2f", // PREMIUM_ENCRYPTION
    "c4801e8a-cb58-4c35-aca6-f2dcc106f287", // INFORMATION_BARRIERS
];

/// Whether a service plan of Exchange, by its id, comes with a mailbox.
#[must_use]
pub(super) fn comes_with_mailbox(plan: &str) -> bool {
    !WITHOUT_MAILBOX.iter().any(|without| without.eq_ignore_ascii_case(plan))
}
