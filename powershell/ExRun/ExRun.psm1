# One file a function. Nothing is looked up, bound or connected before a command needs it, and no cmdlet of
# another module is called here: loading one would take longer than everything else. PowerShell takes a millisecond and
# more to learn each call and conversion that it meets for the first time, so what stands here is text and little else:
# nothing is compared but texts, by the operators that it need not learn.

if ($ExecutionContext.SessionState.LanguageMode -notmatch '^FullLanguage$') {
    throw "ExRun calls a native library, which PowerShell's $($ExecutionContext.SessionState.LanguageMode) mode forbids; let the administrator's policy trust the module's files, or use a session in FullLanguage mode"
}

Set-StrictMode -Version 3.0
$script:ModuleRoot = $PSScriptRoot

# From version 7.3 on PowerShell calls clean blocks, however a pipeline ends, and a run ends with it. Earlier versions
# cannot read them; there the library notices that nobody takes rows any more, and the next command frees the run.
$hasCleanBlocks = $PSVersionTable.PSVersion -match '^(7\.([3-9]|\d\d)|[89]|\d\d)'

#region Loading: in the package the commands stand here, and what they are made of in a file that the first of them loads
foreach ($folder in 'Private', 'Public') {
    foreach ($file in [System.IO.Directory]::GetFiles([System.IO.Path]::Combine($PSScriptRoot, $folder), '*.ps1', 'AllDirectories')) {
        $text = [System.IO.File]::ReadAllText($file)
        if (-not $hasCleanBlocks -or -not $text.Contains('# clean: {')) {
            . $file
            continue
        }
        $tree = [System.Management.Automation.Language.Parser]::ParseInput($text.Replace('# clean: {', 'clean {'), $file, [ref] $null, [ref] $null)
        . $tree.GetScriptBlock()
    }
}
#endregion

# What is exported, and the further names of commands.
# written: names, by cargo xtask module
${function:Get-EXRAutomaticRepliesSettings} = ${function:Get-AutomaticRepliesSettings}
${function:Get-EXRMailboxSettings} = ${function:Get-MailboxSettings}
${function:Get-EXRMailboxSettingsReport} = ${function:Get-MailboxSettingsReport}
${function:Get-EXRMailboxTimeZone} = ${function:Get-MailboxTimeZone}
${function:Get-EXRTenantId} = ${function:Get-TenantId}
${function:Invoke-DecodeToken} = ${function:ConvertFrom-ExRunToken}
${function:Invoke-EXRCreateSelfSignedCert} = ${function:Invoke-CreateSelfSignedCert}
${function:Invoke-EXRDecodeToken} = ${function:ConvertFrom-ExRunToken}
${alias:ConvertFrom-AzKeVaultString} = 'ConvertFrom-AzKeyVaultString'
${alias:Decode-Token} = 'ConvertFrom-ExRunToken'
${alias:Invoke-CreateSelfSignCert} = 'Invoke-CreateSelfSignedCert'
${alias:Parse-JWTtoken} = 'Get-ExRunTokenClaim'
${alias:Set-MailboxSettings} = 'Set-ExRunMailboxSettings'
$functions = 'Clear-ExRunTokenCache', 'Compare-ExRunReport', 'Connect-EXRMailbox', 'Connect-ExRun', 'ConvertFrom-AzKeyVaultString', 'ConvertFrom-ExRunToken', 'Disconnect-ExRun', 'Export-ExRunMessage', 'Find-ExRunMessage', 'Get-AccessTokenNoLibraries', 'Get-AppOnlyToken', 'Get-AppSettings', 'Get-AutomaticRepliesSettings', 'Get-EXRAppOnlyToken', 'Get-EXRAutomaticRepliesSettings', 'Get-EXRMailboxSettings', 'Get-EXRMailboxSettingsReport', 'Get-EXRMailboxTimeZone', 'Get-EXRTenantId', 'Get-ExRunCalendarPermission', 'Get-ExRunCategory', 'Get-ExRunContact', 'Get-ExRunContext', 'Get-ExRunInboxRule', 'Get-ExRunLastRun', 'Get-ExRunMailFolder', 'Get-ExRunMailboxDelta', 'Get-ExRunRoomUse', 'Get-ExRunTokenClaim', 'Get-ExRunVaultCertificate', 'Get-ExRunVaultSecret', 'Get-MailboxSettings', 'Get-MailboxSettingsReport', 'Get-MailboxTimeZone', 'Get-RESTAzKeyVaultSecret', 'Get-TenantId', 'Invoke-CreateSelfSignedCert', 'Invoke-DecodeToken', 'Invoke-EXRCreateAppTokenCertificate', 'Invoke-EXRCreateSelfSignedCert', 'Invoke-EXRDecodeToken', 'Invoke-ExRunMailboxRequest', 'Invoke-ExRunPlan', 'Merge-ExRunJournal', 'New-EXRJWTToken', 'New-JWTToken', 'Register-ExRunCertificate', 'Set-ExRunMailboxSettings', 'Set-ExRunMailboxState', 'Sync-ExRunContact', 'Sync-ExRunEvent', 'Test-ExRunAudit', 'Test-ExRunMailboxState', 'Test-ExRunToken', 'Update-ExRunCertificate'
$aliases = 'ConvertFrom-AzKeVaultString', 'Decode-Token', 'Invoke-CreateSelfSignCert', 'Parse-JWTtoken', 'Set-MailboxSettings'
# end: names

# Scripts configure the module by a function Get-AppSettings of their own: an import must not overwrite it.
if (${function:global:Get-AppSettings}) { $functions = $functions -ne 'Get-AppSettings' }

Export-ModuleMember -Function $functions -Alias $aliases

# What the Tab key offers, where PowerShell itself knows less. Each of these takes the import its time: parameters for any
# file are left to PowerShell.
$completeArgument = {
    param($Command, $Parameter, $Word, $Tree, $Bound)
    Import-PrivateFunction
    Complete-Argument -Command $Command -Parameter $Parameter -Word $Word -Bound $Bound
}
foreach ($parameter in 'Connection', 'Name', 'Path', 'Select', 'Property', 'TimeZone', 'WorkingHoursTimeZone', 'Locale', 'Journal', 'Destination', 'Restore') {
    Register-ArgumentCompleter -CommandName $functions -ParameterName $parameter -ScriptBlock $completeArgument
}
