# Loads one file a function. Nothing is looked up, bound or connected before a command needs it.

if ($ExecutionContext.SessionState.LanguageMode -ne 'FullLanguage') {
    throw "ExRun calls a native library, which PowerShell's $($ExecutionContext.SessionState.LanguageMode) mode forbids; let the administrator's policy trust the module's files, or use a session in FullLanguage mode"
}

Set-StrictMode -Version 3.0
$script:ModuleRoot = $PSScriptRoot

$functions = foreach ($folder in 'Private', 'Public') {
    foreach ($file in [System.IO.Directory]::GetFiles([System.IO.Path]::Combine($PSScriptRoot, $folder), '*.ps1')) {
        . $file
        if ($folder -eq 'Public') { [System.IO.Path]::GetFileNameWithoutExtension($file) }
    }
}

# Names that scripts know and whose verb PowerShell would warn about, or that a published text spells differently.
$aliases = @{
    'Decode-Token'              = 'ConvertFrom-ExRunToken'
    'Parse-JWTtoken'            = 'Get-ExRunTokenClaim'
    'Invoke-CreateSelfSignCert' = 'Invoke-CreateSelfSignedCert'
}
foreach ($name in $aliases.Keys) { Set-Alias -Name $name -Value $aliases[$name] }

# Scripts configure the module by a function Get-AppSettings of their own: an import must not overwrite it.
if (Test-Path -LiteralPath 'function:global:Get-AppSettings') {
    $functions = $functions | Where-Object { $_ -ne 'Get-AppSettings' }
}
Export-ModuleMember -Function $functions -Alias @($aliases.Keys)

# The handles of this session's reports; connections belong to the process and stay.
$ExecutionContext.SessionState.Module.OnRemove = { Clear-AbandonedReport -All }
