# The examples of the help, for HelpExample.Tests.ps1, which lists them, and HelpExample.ps1, which runs them.

Import-Module "$PSScriptRoot/TestHelper.psm1"

# Examples that cannot run here, by what they have in them.
$Left = [ordered] @{
    'Cert:\'                    = 'a certificate store of Windows'
    '-CertificateThumbprint'    = 'a certificate store of Windows'
    '-Interactive'              = 'a browser'
    '-RedirectUri'              = 'a browser'
    'Application.ReadWrite.All' = 'a consent that nobody of the emulated tenant gives'
    '(Get-ExRunLastRun).Failed' = 'ends the session with its exit code'
}

# Every example, with why it cannot run here, which is nothing for most.
function Get-HelpExample {
    foreach ($file in Get-ChildItem (Join-Path (Split-Path $ModulePath) 'Public') -Filter *.ps1) {
        $tree = [System.Management.Automation.Language.Parser]::ParseFile($file.FullName, [ref] $null, [ref] $null)
        $number = 0
        foreach ($text in $tree.EndBlock.Statements[0].GetHelpContent().Examples) {
            $number++
            # What the example does stands above the empty line, what is said of it below.
            $code = ($text -split '\r?\n[ \t]*\r?\n')[0]
            $why = @($Left.Keys | Where-Object { $code.Contains($_) } | ForEach-Object { $Left[$_] })
            @{ Command = $file.BaseName; Number = $number; Code = $code; Why = $why }
        }
    }
}

Export-ModuleMember -Function Get-HelpExample
