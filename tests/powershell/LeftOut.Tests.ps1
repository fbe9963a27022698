# The data files of tests that a system cannot do name tests that are there.

Describe 'What is left out' {
    It 'under Wine is there, by its name, once' {
        Import-Module "$PSScriptRoot/LeftOut.psm1" -Force
        $reasons = Import-PowerShellDataFile -LiteralPath "$PSScriptRoot/wine.psd1"
        $reasons.Count | Should -BeGreaterThan 0
        foreach ($files in $reasons.Values) {
            foreach ($name in $files.Keys) {
                foreach ($test in $files[$name]) {
                    @(Find-Test -File (Join-Path $PSScriptRoot $name) -Name $test).Count | Should -Be 1 -Because "${name}: $test"
                }
            }
        }
        @(Find-Test -File (Join-Path $PSScriptRoot "Windows.Tests.ps1") -Name "no such test").Count | Should -Be 0
    }
}
