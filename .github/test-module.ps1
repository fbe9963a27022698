<#
.SYNOPSIS
    Runs the module's tests in each PowerShell that is named, with the library that was built here.
.PARAMETER Shell
    powershell, which is Windows PowerShell 5.1, and pwsh.
.PARAMETER Natives
    The folder of the library; by default the one that cargo built for trials.
#>
[CmdletBinding()]
param([string[]] $Shell = @('pwsh'), [string] $Natives = 'target/debug')

$ErrorActionPreference = 'Stop'
$library = @('exrun.dll', 'libexrun.dylib', 'libexrun.so' | ForEach-Object { Join-Path $Natives $_ } | Where-Object { Test-Path $_ })[0]
if (-not $library) { throw "there is no library in $Natives" }
$env:EXRUN_LIBRARY = (Resolve-Path $library).Path
$emulator = @('exrun-emulator.exe', 'exrun-emulator' | ForEach-Object { Join-Path 'target/debug' $_ } | Where-Object { Test-Path $_ })[0]
$env:EXRUN_EMULATOR = (Resolve-Path $emulator).Path
$env:NO_COLOR = '1'
foreach ($one in $Shell) {
    & $one -NoProfile -NonInteractive -ExecutionPolicy Bypass -Command 'if (-not (Get-Module Pester -ListAvailable | Where-Object Version -ge 5.5)) { [Net.ServicePointManager]::SecurityProtocol = 3072; Install-PackageProvider NuGet -Force -Scope CurrentUser -ErrorAction SilentlyContinue | Out-Null; Install-Module Pester -MinimumVersion 5.5 -Scope CurrentUser -Force -SkipPublisherCheck }'
    if ($LASTEXITCODE) { throw "Pester could not be installed for $one" }
    & $one -NoProfile -NonInteractive -ExecutionPolicy Bypass -File tests/powershell/Invoke-Tests.ps1
    if ($LASTEXITCODE) { throw "the module's tests failed in $one" }
}
