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

# Those of the other runspaces, too.
AfterAll { Disconnect-ExRun -All }

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

Describe 'Every command, in surroundings of another kind' {
    BeforeAll {
        # What each of these begins with: the modules, and how the commands are called.
        $prepare = {
            param($Helper, $Every, $Culture)
            Import-Module $Helper, $Every
            Import-ExRun
            if ($Culture) { [System.Threading.Thread]::CurrentThread.CurrentCulture = [System.Threading.Thread]::CurrentThread.CurrentUICulture = [cultureinfo]::new($Culture) }
            Set-StrictMode -Version Latest
        }
        $helper = [System.IO.Path]::Combine($PSScriptRoot, 'TestHelper.psm1')
        $every = [System.IO.Path]::Combine($PSScriptRoot, 'EveryCommand.psm1')
        # As text: a block of this runspace would run here.
        $begin = [string] $prepare
    }

    It 'succeeds in eight runspaces at once, under every culture and Stop, and gives the same' {
        $script = 'param($Begin, $Helper, $Every, $With, $Name, $Culture) . ([scriptblock]::Create($Begin)) $Helper $Every $Culture; $ErrorActionPreference = ''Stop''; Invoke-EveryCommand -With $With -Name $Name -Shared'
        $cultures = 'tr-TR', 'de-DE', 'ar-SA', 'th-TH', '', 'tr-TR', 'ar-SA', ''
        $pool = [runspacefactory]::CreateRunspacePool(8, 8)
        $pool.Open()
        try {
            $pending = foreach ($number in 0..7) {
                $shell = [powershell]::Create()
                $shell.RunspacePool = $pool
                [void] $shell.AddScript($script).AddArgument($begin).AddArgument($helper).AddArgument($every).AddArgument($with).AddArgument("pool$number").AddArgument($cultures[$number])
                @{ Shell = $shell; Pending = $shell.BeginInvoke() }
            }
            $results = foreach ($call in $pending) { , @($call.Shell.EndInvoke($call.Pending)) }
        } finally {
            foreach ($call in $pending) { $call.Shell.Dispose() }
            $pool.Dispose()
        }
        foreach ($number in 0..7) {
            Get-Failure $results[$number] | Should -BeNullOrEmpty -Because $cultures[$number]
            $results[$number].Count | Should -Be ($Calls.Count - 1)
        }
        # What does not name the moment or the file is the same everywhere, to the letter.
        $same = 'Get-TenantId', 'Get-MailboxSettings', 'Get-AutomaticRepliesSettings', 'Get-MailboxSettingsReport', 'Compare-ExRunReport', 'Get-ExRunTokenClaim', 'Invoke-ExRunMailboxRequest'
        foreach ($command in $same) {
            $texts = @(foreach ($result in $results) { ConvertTo-Json -Depth 9 -Compress -InputObject @($result | Where-Object { $_.Command -eq $command })[0].Output })
            @($texts | Select-Object -Unique).Count | Should -Be 1 -Because $command
            $texts[0] | Should -Not -Be '[]' -Because $command
        }
    }

    It 'succeeds in ForEach-Object -Parallel and in a thread job' -Skip:($PSVersionTable.PSVersion.Major -lt 7) {
        $job = Start-ThreadJob {
            . ([scriptblock]::Create($using:begin)) $using:helper $using:every 'th-TH'
            Invoke-EveryCommand -With $using:with -Name thread -Shared
        }
        $results = @('parallel' | ForEach-Object -Parallel {
                . ([scriptblock]::Create($using:begin)) $using:helper $using:every ''
                Invoke-EveryCommand -With $using:with -Name $_ -Shared
            })
        $results += @($job | Wait-Job -Timeout 300 | Receive-Job)
        Remove-Job $job -Force
        $results.Count | Should -Be (2 * ($Calls.Count - 1))
        Get-Failure $results | Should -BeNullOrEmpty
    }

    # Below a file nothing can be made by anyone, not even by root, whom a read-only folder would not stop.
    It 'succeeds in a job whose HOME <Name>, with a transcript' -ForEach @(
        @{ Name = 'is taken away'; Folder = { $null } }
        @{ Name = 'takes no file'; Folder = { $file = [System.IO.Path]::Combine([string] $TestDrive, 'file'); [System.IO.File]::WriteAllText($file, ''); [System.IO.Path]::Combine($file, 'home') } }
    ) {
        $own = ". {$begin} '$helper' '$every' 'tr-TR'`n" + @'
$app = Initialize-TestApp
$folder = [System.IO.Path]::Combine($env:EXRUN_TEST_FOLDER, [guid]::NewGuid().ToString('N'))
[void] [System.IO.Directory]::CreateDirectory($folder)
$transcript = [System.IO.Path]::Combine($folder, 'transcript.txt')
[void] (Start-Transcript -Path $transcript)
$results = @(Invoke-EveryCommand -With (New-EveryCommandInput -App $app -Folder $folder) -Name process -Shared)
[void] (Stop-Transcript)
"called $($results.Count)"
$results | Where-Object { $_.Failure } | ForEach-Object { "FAILED $($_.Command): $($_.Failure)" }
if ([System.IO.File]::ReadAllText($transcript).Contains($PasswordText)) { 'FAILED the transcript tells the password' }
'@
        $job = Start-Job -ScriptBlock ([scriptblock]::Create('$env:HOME = $env:USERPROFILE = $env:APPDATA = $env:LOCALAPPDATA = $args[0]; $env:XDG_DATA_HOME = $null' + "`n$own")) -ArgumentList (& $Folder)
        $lines = @($job | Wait-Job -Timeout 300 | Receive-Job 3>$null 6>$null)
        Remove-Job $job -Force
        @($lines | Where-Object { "$_" -like 'FAILED *' }) | Should -BeNullOrEmpty
        @($lines -eq "called $($Calls.Count - 1)").Count | Should -Be 1 -Because ($lines -join "`n")
    }
}
