# What the first use of a module gives, whichever it is, with no library there.
param([string] $Path)
$ErrorActionPreference = 'Stop'
$uses = @(
    { (Get-AppSettings).ResourceURL }
    { Get-TenantId contoso.com }
    { Connect-ExRun -TenantId contoso.com -ClientId (New-Guid) -ClientSecret ([securestring]::new()) }
    { 'kim@contoso.com' | Get-MailboxSettingsReport -AccessToken x }
    { Compare-ExRunReport -Old (Join-Path $Path none.csv) -New (Join-Path $Path none.csv) }
    { Get-ExRunContext; (TabExpansion2 'Get-MailboxSettingsReport -Property UserP').CompletionMatches.CompletionText }
    { Remove-Module ExRun }
)
foreach ($use in $uses) {
    Import-Module $Path -Force
    # A second use of what the first has loaded, too.
    foreach ($time in 1, 2) { try { & $use } catch { $_.FullyQualifiedErrorId + ': ' + $_ } }
}
Import-Module $Path
(Get-Command Get-MailboxSettingsReport).ScriptBlock.Ast.Body.CleanBlock.Extent.Text
