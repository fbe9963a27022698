# Calls every command of the module once, with what makes it succeed, for tests of what surrounds a call: a culture, a
# preference, a runspace.

# The calls by the name of the command, in the order in which they are made. Each gets: App, of Initialize-TestApp; Mailbox, two
# that can be read; Token; ClientSecret; Certificate; Connection, a name that nobody else uses; Folder, an empty one.
$Calls = [ordered] @{
    'Connect-ExRun'                       = { param($With) Connect-ExRun -TenantId $With.App.TenantId -ClientId $With.App.ClientId -CertificatePath $With.App.PfxFile -Password $With.App.Password -Name $With.Connection }
    'Get-ExRunContext'                    = { param($With) Get-ExRunContext -Name $With.Connection }
    'Get-AppSettings'                     = { param($With) ExRun\Get-AppSettings }
    'Get-AppOnlyToken'                    = { param($With) Get-AppOnlyToken $With.App.PfxFile -TenantId $With.App.TenantId -ClientId $With.App.ClientId -password $With.App.Password }
    'Get-EXRAppOnlyToken'                 = { param($With) Get-EXRAppOnlyToken -CertFileName $With.App.PfxFile -TenantId $With.App.TenantId -ClientId $With.App.ClientId -password $With.App.Password }
    'New-JWTToken'                        = { param($With) New-JWTToken $With.App.PfxFile $With.App.TenantId $With.App.ClientId -password $With.App.Password }
    'New-EXRJWTToken'                     = { param($With) New-EXRJWTToken -CertFileName $With.App.PfxFile -TenantId $With.App.TenantId -ClientId $With.App.ClientId -password $With.App.Password }
    'Get-AccessTokenNoLibraries'          = { param($With) Get-AccessTokenNoLibraries contoso.com $With.App.ClientId $With.ClientSecret }
    'Test-ExRunToken'                     = { param($With) Test-ExRunToken -Connection $With.Connection }
    'ConvertFrom-ExRunToken'              = { param($With) ConvertFrom-ExRunToken $With.Token.access_token }
    'Invoke-DecodeToken'                  = { param($With) Invoke-DecodeToken $With.Token.access_token }
    'Invoke-EXRDecodeToken'               = { param($With) Invoke-EXRDecodeToken $With.Token.access_token }
    'Get-ExRunTokenClaim'                 = { param($With) Get-ExRunTokenClaim $With.Token.access_token }
    'Clear-ExRunTokenCache'               = { param($With) Clear-ExRunTokenCache -WhatIf }
    'Get-TenantId'                        = { param($With) Get-TenantId contoso.com }
    'Get-EXRTenantId'                     = { param($With) Get-EXRTenantId contoso.com }
    'Get-MailboxSettings'                 = { param($With) Get-MailboxSettings $With.Mailbox[0] -Connection $With.Connection }
    'Get-EXRMailboxSettings'              = { param($With) Get-EXRMailboxSettings $With.Mailbox[0] -Connection $With.Connection }
    'Get-MailboxTimeZone'                 = { param($With) Get-MailboxTimeZone $With.Mailbox[0] -Connection $With.Connection }
    'Get-EXRMailboxTimeZone'              = { param($With) Get-EXRMailboxTimeZone $With.Mailbox[0] -Connection $With.Connection }
    'Get-AutomaticRepliesSettings'        = { param($With) Get-AutomaticRepliesSettings $With.Mailbox[0] -Connection $With.Connection }
    'Get-EXRAutomaticRepliesSettings'     = { param($With) Get-EXRAutomaticRepliesSettings $With.Mailbox[0] -Connection $With.Connection }
    'Get-MailboxSettingsReport'           = { param($With) $With.Mailbox | Get-MailboxSettingsReport -Connection $With.Connection -Property AutomaticReplyStart, WorkingHoursTimeZoneBias -Journal (Join-Path $With.Folder 'run.db') }
    'Get-EXRMailboxSettingsReport'        = { param($With) Get-EXRMailboxSettingsReport -Mailboxes $With.Mailbox -Connection $With.Connection }
    'Set-ExRunMailboxSettings'            = { param($With) $With.Mailbox | Set-ExRunMailboxSettings -TimeZone UTC -IfDifferent -Connection $With.Connection -UndoFile (Join-Path $With.Folder 'undo.jsonl') -Confirm:$false }
    'Test-ExRunMailboxState'              = { param($With) $With.Mailbox | Test-ExRunMailboxState -State @{ categories = @{ items = @(@{ displayName = 'Corp A'; color = 'preset1' }) } } -IncludeEmpty -Connection $With.Connection }
    'Set-ExRunMailboxState'               = { param($With) $With.Mailbox | Set-ExRunMailboxState -State @{ settings = @{ items = @{ timeFormat = 'HH.mm' } } } -Connection $With.Connection -UndoPlan (Join-Path $With.Folder 'state-undo.jsonl') -Confirm:$false }
    'Sync-ExRunContact'                   = { param($With) $With.Mailbox | Sync-ExRunContact -Contacts @{ Key = '1'; Name = 'Kim' } -Folder $With.Connection -Connection $With.Connection -UndoPlan (Join-Path $With.Folder 'contacts-undo.jsonl') -Confirm:$false | Select-Object MailboxName, Change, Outcome }
    'Sync-ExRunEvent'                     = { param($With) $With.Mailbox | Sync-ExRunEvent -Events @{ Subject = 'New year'; Start = '2027-01-01' } -Name $With.Connection -Connection $With.Connection -UndoPlan (Join-Path $With.Folder 'events-undo.jsonl') -Confirm:$false | Select-Object MailboxName, Change, Outcome }
    'Invoke-ExRunPlan'                    = { param($With) $plan = Join-Path $With.Folder 'plan.jsonl'; $null = $With.Mailbox | Set-ExRunMailboxSettings -DateFormat 'yyyy.MM.dd' -Connection $With.Connection -PlanFile $plan; Invoke-ExRunPlan $plan -Connection $With.Connection -AuditFile (Join-Path $With.Folder 'audit.jsonl') -Confirm:$false }
    'Test-ExRunAudit'                     = { param($With) Test-ExRunAudit (Join-Path $With.Folder 'audit.jsonl') }
    'Invoke-ExRunMailboxRequest'          = { param($With) $With.Mailbox | Invoke-ExRunMailboxRequest -Path { 'mailboxSettings' } -Connection $With.Connection }
    'Get-ExRunCalendarPermission'         = { param($With) $With.Mailbox | Get-ExRunCalendarPermission -Connection $With.Connection }
    'Get-ExRunCategory'                   = { param($With) $With.Mailbox | Get-ExRunCategory -IncludeEmpty -Connection $With.Connection }
    'Get-ExRunContact'                    = { param($With) $With.Mailbox | Get-ExRunContact -IncludeEmpty -AllFolders -Connection $With.Connection }
    'Get-ExRunMailboxDelta'               = { param($With) $With.Mailbox | Get-ExRunMailboxDelta -Of Contacts -AllFolders -IncludeEmpty -Since (Join-Path $With.Folder 'contacts.state.db') -Connection $With.Connection }
    'Find-ExRunMessage'                   = { param($With) $With.Mailbox | Find-ExRunMessage -Subject 'Message' -Connection $With.Connection -PlanFile (Join-Path $With.Folder 'messages.jsonl') -Action SoftDelete }
    'Export-ExRunMessage'                 = { param($With) $With.Mailbox[0] | Export-ExRunMessage -Subject 'Message 1' -Attachments -OutFolder (Join-Path $With.Folder 'mail') -Connection $With.Connection }
    'Get-ExRunMailFolder'                 = { param($With) $With.Mailbox | Get-ExRunMailFolder -Connection $With.Connection }
    'Get-ExRunRoomUse'                    = { param($With) $With.Mailbox | Get-ExRunRoomUse -Start ([datetime] '2026-11-02') -End ([datetime] '2026-11-09') -Connection $With.Connection }
    'Get-ExRunInboxRule'                  = { param($With) $With.Mailbox | Get-ExRunInboxRule -IncludeEmpty -Connection $With.Connection }
    'Get-ExRunLastRun'                    = { param($With) Get-ExRunLastRun }
    'Compare-ExRunReport'                 = { param($With) Compare-ExRunReport @([pscustomobject] @{ MailboxName = 'x'; Size = 1.5 }) @([pscustomobject] @{ MailboxName = 'x'; Size = 2.5 }) }
    'Merge-ExRunJournal'                  = { param($With) Merge-ExRunJournal -Path (Join-Path $With.Folder 'run.db') -Destination (Join-Path $With.Folder 'merged.db') }
    'Get-ExRunVaultSecret'                = { param($With) Get-ExRunVaultSecret app-secret -Vault contoso -Connection $With.Connection }
    'Get-ExRunVaultCertificate'           = { param($With) Get-ExRunVaultCertificate exrun-app -Vault contoso -Connection $With.Connection }
    'Get-RESTAzKeyVaultSecret'            = { param($With) Get-RESTAzKeyVaultSecret https://contoso.vault.azure.net -SecretName exrun-app -Connection $With.Connection }
    'ConvertFrom-AzKeyVaultString'        = { param($With) Get-RESTAzKeyVaultSecret https://contoso.vault.azure.net -SecretName exrun-app -Connection $With.Connection | ConvertFrom-AzKeyVaultString }
    'Invoke-CreateSelfSignedCert'         = { param($With) Invoke-CreateSelfSignedCert -CertName every -CertFileName (Join-Path $With.Folder 'one.pfx') -KeyFileName (Join-Path $With.Folder 'one.txt') -Password $With.App.Password }
    'Invoke-EXRCreateSelfSignedCert'      = { param($With) Invoke-EXRCreateSelfSignedCert -CertName every -CertFileName (Join-Path $With.Folder 'two.pfx') -KeyFileName (Join-Path $With.Folder 'two.txt') -Password $With.App.Password }
    'Register-ExRunCertificate'           = { param($With) Register-ExRunCertificate -Certificate $With.Certificate -Connection $With.Connection }
    'Invoke-EXRCreateAppTokenCertificate' = { param($With) Invoke-EXRCreateAppTokenCertificate every (Join-Path $With.Folder 'three.pfx') -Password $With.App.Password -Connection $With.Connection }
    'Update-ExRunCertificate'             = { param($With) Update-ExRunCertificate (Join-Path $With.Folder 'four.pfx') -Password $With.App.Password -Connection $With.Connection -WhatIf }
    'Connect-EXRMailbox'                  = { param($With) Connect-EXRMailbox $With.Mailbox[0] $With.App.ClientId -certificateFileName $With.App.PfxFile -certificateFilePassword $With.App.Password }
    'Disconnect-ExRun'                    = { param($With) Disconnect-ExRun -Name $With.Connection }
}

# What the calls get. Made once: several runspaces may share it.
function New-EveryCommandInput {
    param($App, [string] $Folder)
    return @{
        App          = $App
        Mailbox      = @(Get-TestMailbox -Working)[0..1]
        Token        = Get-AppOnlyToken $App.PfxFile -TenantId $App.TenantId -ClientId $App.ClientId -password $App.Password
        ClientSecret = $ClientSecretText
        Certificate  = Get-TestCertificate $App
        Connection   = ''
        Folder       = $Folder
    }
}

# Calls them all; gives for each Command, Output, Noted (how many it left in $Error) and Failure. -Shared: others do so at the
# same time, so that nothing is changed that the app has only one of, which are its keys.
function Invoke-EveryCommand {
    param([hashtable] $With, [string] $Name, [switch] $Shared)
    $own = $With.Clone()
    $own.Connection = $Name
    $own.Folder = [System.IO.Path]::Combine($With.Folder, $Name)
    [void] [System.IO.Directory]::CreateDirectory($own.Folder)
    foreach ($command in $Calls.Keys) {
        if ($Shared -and $command -eq 'Invoke-EXRCreateAppTokenCertificate') { continue }
        $global:Error.Clear()
        $failure = $null
        $output = $null
        try { $output = @(& $Calls[$command] $own 3>$null 6>$null) } catch { $failure = $_ }
        [pscustomobject] @{
            Command = $command
            Output  = $output
            Noted   = $global:Error.Count
            Failure = $(if ($null -ne $failure) { '{0} [{1}] {2}' -f $failure, $failure.FullyQualifiedErrorId, $failure.ScriptStackTrace } elseif ($global:Error.Count -gt 0) { [string] $global:Error[0] })
        }
    }
}

Export-ModuleMember -Function New-EveryCommandInput, Invoke-EveryCommand -Variable Calls
