@{
    RootModule           = 'ExRun.psm1'
    ModuleVersion        = '0.1.0'
    GUID                 = '2ccd952f-ca67-4ceb-8ae4-50b250e35d8e'
    Author               = 'The ExRun authors'
    CompanyName          = 'The ExRun authors'
    Copyright            = '(c) The ExRun authors. MIT OR Apache-2.0.'
    Description          = 'Runs one thing over every mailbox of a Microsoft 365 tenant with an app-only token: quickly, resumably, one row for every mailbox. Takes the names and parameters that scripts for the Office 365 REST API already use.'
    PowerShellVersion    = '5.1'
    CompatiblePSEditions = @('Desktop', 'Core')
    # written: names, by cargo xtask module
    FunctionsToExport    = @(
        'Clear-ExRunTokenCache'
        'Compare-ExRunReport'
        'Connect-EXRMailbox'
        'Connect-ExRun'
        'ConvertFrom-AzKeyVaultString'
        'ConvertFrom-ExRunToken'
        'Disconnect-ExRun'
        'Export-ExRunMessage'
        'Find-ExRunMessage'
        'Get-AccessTokenNoLibraries'
        'Get-AppOnlyToken'
        'Get-AppSettings'
        'Get-AutomaticRepliesSettings'
        'Get-EXRAppOnlyToken'
        'Get-EXRAutomaticRepliesSettings'
        'Get-EXRMailboxSettings'
        'Get-EXRMailboxSettingsReport'
        'Get-EXRMailboxTimeZone'
        'Get-EXRTenantId'
        'Get-ExRunCalendarPermission'
        'Get-ExRunCategory'
        'Get-ExRunContact'
        'Get-ExRunContext'
        'Get-ExRunInboxRule'
        'Get-ExRunLastRun'
        'Get-ExRunMailFolder'
        'Get-ExRunMailboxDelta'
        'Get-ExRunRoomUse'
        'Get-ExRunTokenClaim'
        'Get-ExRunVaultCertificate'
        'Get-ExRunVaultSecret'
        'Get-MailboxSettings'
        'Get-MailboxSettingsReport'
        'Get-MailboxTimeZone'
        'Get-RESTAzKeyVaultSecret'
        'Get-TenantId'
        'Invoke-CreateSelfSignedCert'
        'Invoke-DecodeToken'
        'Invoke-EXRCreateAppTokenCertificate'
        'Invoke-EXRCreateSelfSignedCert'
        'Invoke-EXRDecodeToken'
        'Invoke-ExRunMailboxRequest'
        'Invoke-ExRunPlan'
        'Merge-ExRunJournal'
        'New-EXRJWTToken'
        'New-JWTToken'
        'Register-ExRunCertificate'
        'Set-ExRunMailboxSettings'
        'Set-ExRunMailboxState'
        'Sync-ExRunContact'
        'Sync-ExRunEvent'
        'Test-ExRunAudit'
        'Test-ExRunMailboxState'
        'Test-ExRunToken'
        'Update-ExRunCertificate'
    )
    AliasesToExport      = @('ConvertFrom-AzKeVaultString', 'Decode-Token', 'Invoke-CreateSelfSignCert', 'Parse-JWTtoken', 'Set-MailboxSettings')
    # end: names
    CmdletsToExport      = @()
    VariablesToExport    = @()
    PrivateData          = @{
        PSData = @{
            Tags                     = @('Microsoft365', 'Exchange', 'ExchangeOnline', 'Mailbox', 'MicrosoftGraph', 'AppOnly', 'Report', 'PSEdition_Desktop', 'PSEdition_Core', 'Windows', 'Linux', 'MacOS')
            RequireLicenseAcceptance = $false
            # written: gallery, by cargo xtask package, into the manifest that it lays out
            # end: gallery
        }
    }
}
