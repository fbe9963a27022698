<#
.SYNOPSIS
    Installs the package of the module as a user does, from a repository, and writes a report with it.
.PARAMETER Folder
    Where the package is.
#>
[CmdletBinding()]
param([Parameter(Mandatory = $true)] [string] $Folder)

$ErrorActionPreference = 'Stop'
$folder = (Resolve-Path $Folder).Path
if ($PSVersionTable.PSEdition -eq 'Core') {
    Register-PSResourceRepository -Name ExRunTrial -Uri $folder -Trusted -Force
    Install-PSResource -Name ExRun -Repository ExRunTrial -Scope CurrentUser -Prerelease
} else {
    # Windows PowerShell 5.1 brings PowerShellGet 1.
    Register-PSRepository -Name ExRunTrial -SourceLocation $folder -InstallationPolicy Trusted
    Install-Module ExRun -Repository ExRunTrial -Scope CurrentUser
}
Import-Module ExRun
$emulator = @('exrun-emulator.exe', 'exrun-emulator' | ForEach-Object { Join-Path 'target/debug' $_ } | Where-Object { Test-Path $_ })[0]
$secret = 'trial-secret'
$start = [System.Diagnostics.ProcessStartInfo]::new((Resolve-Path $emulator).Path, "serve --mailboxes 100 --client-secret $secret")
$start.UseShellExecute = $false
$start.RedirectStandardOutput = $true
$server = [System.Diagnostics.Process]::Start($start)
try {
    while (-not ($env:EXRUN_CONNECT_TO -and $env:EXRUN_CA_FILE)) {
        $line = $server.StandardOutput.ReadLine()
        if ($null -eq $line) { throw 'the emulator ended before it served' }
        if ($line.Trim() -match '^(EXRUN_\w+)=(.+)$') { Set-Item "env:$($Matches[1])" $Matches[2] }
    }
    $password = [securestring]::new()
    foreach ($letter in $secret.ToCharArray()) { $password.AppendChar($letter) }
    Connect-ExRun -TenantId contoso.com -ClientId 084adbb3-f70c-498f-97a3-464e1f444d9a -ClientSecret $password
    $rows = @(Get-MailboxSettingsReport -All -ErrorAction SilentlyContinue)
    if ($rows.Count -ne 100) { throw "the report has $($rows.Count) rows and not 100" }
    '{0} rows in PowerShell {1}' -f $rows.Count, $PSVersionTable.PSVersion
} finally {
    $server.Kill()
}
