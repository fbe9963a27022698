# Names that scripts know a command by beside its own. `cargo xtask module` writes them where they are said.
@{
    # Functions and not aliases: Get-Command tells their parameters, and an error names the command that was called.
    Functions = @{
        'Get-EXRAutomaticRepliesSettings' = 'Get-AutomaticRepliesSettings'
        'Get-EXRMailboxSettings' = 'Get-MailboxSettings'
        'Get-EXRMailboxSettingsReport' = 'Get-MailboxSettingsReport'
        'Get-EXRMailboxTimeZone' = 'Get-MailboxTimeZone'
        'Get-EXRTenantId' = 'Get-TenantId'
        'Invoke-DecodeToken' = 'ConvertFrom-ExRunToken'
        'Invoke-EXRCreateSelfSignedCert' = 'Invoke-CreateSelfSignedCert'
        'Invoke-EXRDecodeToken' = 'ConvertFrom-ExRunToken'
    }
    # Names whose verb PowerShell would warn about, or that a published text spells differently.
    Aliases = @{
        'ConvertFrom-AzKeVaultString' = 'ConvertFrom-AzKeyVaultString'
        'Decode-Token' = 'ConvertFrom-ExRunToken'
        'Invoke-CreateSelfSignCert' = 'Invoke-CreateSelfSignedCert'
        'Parse-JWTtoken' = 'Get-ExRunTokenClaim'
        'Set-MailboxSettings' = 'Set-ExRunMailboxSettings'
    }
    # The table of commands in about_ExRun, in this order; the names above are added to it.
    Topics = @{
        'Tokens' = 'Get-AppOnlyToken, Get-EXRAppOnlyToken, New-JWTToken, New-EXRJWTToken, Get-AccessTokenNoLibraries, Test-ExRunToken, Clear-ExRunTokenCache'
        'Certificates' = 'Invoke-CreateSelfSignedCert, Register-ExRunCertificate, Update-ExRunCertificate, Invoke-EXRCreateAppTokenCertificate'
        'Reading them' = 'ConvertFrom-ExRunToken, Get-ExRunTokenClaim'
        'Key Vault' = 'Get-ExRunVaultSecret, Get-ExRunVaultCertificate, Get-RESTAzKeyVaultSecret, ConvertFrom-AzKeyVaultString'
        'One mailbox' = 'Get-MailboxSettings, Get-MailboxTimeZone, Get-AutomaticRepliesSettings, with names as Outlook REST had them, and in brackets as Graph has them'
        'Many' = 'Get-MailboxSettingsReport, Set-ExRunMailboxSettings, Invoke-ExRunMailboxRequest; Get-ExRunLastRun says what the last run did, Compare-ExRunReport what changed between two, Merge-ExRunJournal joins journals'
        'Plans' = 'Set-ExRunMailboxSettings -PlanFile writes one, Invoke-ExRunPlan does what it holds and nothing else, Test-ExRunAudit says whether the record of that is whole'
        'Messages' = 'Find-ExRunMessage, also for a plan that moves or deletes them; Export-ExRunMessage'
        'Wanted state' = 'Test-ExRunMailboxState compares mailboxes with a state, Set-ExRunMailboxState brings them to it'
        'Lists' = 'Sync-ExRunContact brings contacts into a folder of every mailbox, Sync-ExRunEvent holidays and rosters into calendars'
        'Reports' = 'Get-ExRunInboxRule, Get-ExRunCalendarPermission, Get-ExRunCategory, Get-ExRunMailFolder, Get-ExRunContact, Get-ExRunRoomUse'
        'Changes' = 'Get-ExRunMailboxDelta tells what changed in mailboxes since the last time'
        'Tenant' = 'Get-TenantId'
    }
}
