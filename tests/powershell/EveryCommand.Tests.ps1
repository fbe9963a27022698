# Every command of the module once, in surroundings that scripts have.

BeforeAll {
    Import-Module "$PSScriptRoot/TestHelper.psm1" -Force
    Import-Module "$PSScriptRoot/EveryCommand.psm1" -Force
    Import-ExRun
    $app = Initialize-TestApp
    $with = New-EveryCommandInput -App $app -Folder ([string] $TestDrive)
    # Lines for those that failed, with why.
    function Get-Failure { param($Result) $Result | Where-Object { $_.Failure } | ForEach-Object { '{0}: {1}' -f $_.Command, $_.Failure } }
}

AfterAll { Disconnect-ExRun }

Describe 'Every command' {
    It 'is called by these tests' {
        $Calls.Keys | Sort-Object | Should -Be (@((Get-Module ExRun).ExportedFunctions.Keys) | Sort-Object)
    }

    It 'succeeds, and leaves nothing in $Error' {
        $results = @(Invoke-EveryCommand -With $with -Name plain)
        $results.Count | Should -Be $Calls.Count
        Get-Failure $results | Should -BeNullOrEmpty
        ($results | Measure-Object -Property Noted -Sum).Sum | Should -Be 0
    }
}
