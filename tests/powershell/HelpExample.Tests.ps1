# The examples of the help, each run as it stands by HelpExample.ps1: in a process of its own with an emulator of its own,
# because examples renew the certificates of the app that all other tests sign in with.

BeforeDiscovery {
    Import-Module "$PSScriptRoot/HelpExample.psm1" -Force
    $examples = @(Get-HelpExample)
    $run = @($examples | Where-Object { $_.Why.Count -eq 0 })
    $leftOut = @($examples | Where-Object { $_.Why.Count -gt 0 })
}

BeforeAll {
    Import-Module "$PSScriptRoot/TestHelper.psm1" -Force
    $folder = Join-Path $TestDrive 'examples'
    $ran = Join-Path $TestDrive 'ran.json'
    $shell = [System.Diagnostics.Process]::GetCurrentProcess().MainModule.FileName
    $output = Invoke-WithEmulator -Folder $folder -Command $shell, '-NoProfile', '-NonInteractive', '-File', "$PSScriptRoot/HelpExample.ps1", '-OutFile', $ran
    if (-not (Test-Path -LiteralPath $ran)) { throw "the examples did not come to their end: $output" }
    $failures = @{}
    # In Windows PowerShell a list of JSON comes as one object: the parentheses take it apart.
    (ConvertFrom-Json ([System.IO.File]::ReadAllText($ran))) | ForEach-Object { $failures["$($_.Command) $($_.Number)"] = $_.Failed }
}

Describe 'Example <Number> of <Command>' -ForEach $run {
    It 'does what it says, without an error' {
        $failures.Keys | Should -Contain "$Command $Number"
        $failures["$Command $Number"] | Should -BeNullOrEmpty -Because $Code
    }
}

Describe 'An example that is left out' -ForEach @(@{ LeftOut = $leftOut }) {
    It 'is one of few' { $leftOut.Count | Should -BeLessOrEqual 8 -Because (($leftOut | ForEach-Object { "$($_.Command) $($_.Number)" }) -join ', ') }
}

Describe 'The app of all other tests' {
    It 'is as it was, whatever the examples did to theirs' {
        Import-ExRun
        $app = Initialize-TestApp
        { Connect-ExRun -Name after -TenantId $TenantId -ClientId $app.ClientId -CertificatePath $app.PfxFile -Password $app.Password } | Should -Not -Throw
        Disconnect-ExRun -Name after
    }
}
