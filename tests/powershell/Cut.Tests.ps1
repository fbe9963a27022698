# A pipeline that is cut, in front of a command or behind it: whatever cuts it, no request starts any more, and what
# was in flight is recorded. Counted at the emulator.

BeforeDiscovery {
    $commands = @(
        @{ Command = 'Set-ExRunMailboxSettings'; Writes = $true; Name = 'Set-ExRunMailboxSettings'; Own = @{ TimeZone = 'Tokyo Standard Time' } }
        @{ Command = 'Invoke-ExRunMailboxRequest POST'; Writes = $true; Name = 'Invoke-ExRunMailboxRequest'; Own = @{ Path = 'messages'; Method = 'POST'; Body = @{ subject = 'cut' } } }
        @{ Command = 'Invoke-ExRunMailboxRequest PATCH'; Writes = $true; Name = 'Invoke-ExRunMailboxRequest'; Own = @{ Path = 'mailboxSettings'; Method = 'PATCH'; Body = @{ dateFormat = 'dd.MM.yyyy' } } }
        @{ Command = 'Invoke-ExRunMailboxRequest DELETE'; Writes = $true; Name = 'Invoke-ExRunMailboxRequest'; Own = @{ Path = 'messages/none'; Method = 'DELETE'; IncludeError = $true } }
        @{ Command = 'Invoke-ExRunMailboxRequest GET'; Writes = $false; Name = 'Invoke-ExRunMailboxRequest'; Own = @{ Path = 'mailboxSettings' } }
        @{ Command = 'Get-MailboxSettingsReport'; Writes = $false; Name = 'Get-MailboxSettingsReport'; Own = @{} }
    )
    # Each is given the mailboxes, the command, and what its rows go to.
    $ways = @(
        @{ Way = 'Select-Object -First 1 behind it'; Cut = { $working | & $Name @parameters | & $Note | Select-Object -First 1 } }
        @{ Way = 'Select-Object -First 5 behind it'; Cut = { $working | & $Name @parameters | & $Note | Select-Object -First 5 } }
        @{ Way = 'throw behind it'; Cut = { try { $working | & $Name @parameters | & $Note | ForEach-Object { if ($taken.Count -eq 3) { throw 'wrong, stop' } } } catch { "$_" } } }
        @{ Way = 'a terminating error under Stop behind it'; Cut = { try { $working | & $Name @parameters | & $Note | ForEach-Object { Get-Item /nosuch -ErrorAction Stop } } catch { "$_" } } }
        @{ Way = 'break behind it'; Cut = { foreach ($once in 1) { $working | & $Name @parameters | & $Note | ForEach-Object { if ($taken.Count -eq 3) { break } } } } }
        @{ Way = 'continue behind it'; Cut = { foreach ($once in 1) { $working | & $Name @parameters | & $Note | ForEach-Object { if ($taken.Count -eq 3) { continue } } } } }
        @{ Way = 'throw in front of it'; Cut = { try { & $Trickle { throw 'wrong, stop' } | & $Name @parameters | & $Note } catch { "$_" } } }
        @{ Way = 'an error under Stop in front of it'; Cut = { try { & $Trickle { Get-Item /nosuch -ErrorAction Stop } | & $Name @parameters | & $Note } catch { "$_" } } }
        @{ Way = 'break in front of it'; Cut = { :outer foreach ($once in 1) { & $Trickle { break outer } | & $Name @parameters | & $Note } } }
    )
    $cases = foreach ($command in $commands) {
        foreach ($way in $ways) { foreach ($latency in 0, 20, 400) { $command + $way + @{ Latency = $latency } } }
    }
    $stops = foreach ($command in $commands) { foreach ($latency in 0, 20, 400) { $command + @{ Latency = $latency } } }
}

BeforeAll {
    Import-Module "$PSScriptRoot/TestHelper.psm1" -Force
    Import-ExRun
    $app = Initialize-TestApp
    Connect-ExRun -TenantId $app.TenantId -ClientId $app.ClientId -CertificatePath $app.PfxFile -Password $app.Password -Name cut
    $working = @(Get-TestMailbox -Working)
    # Most requests that may be in flight.
    $most = 16

    # How many writes have come to the emulator.
    function Get-Written {
        [int] ((Invoke-Emulator -What state).writesByMailbox.PSObject.Properties | ForEach-Object { $_.Value } | Measure-Object -Sum).Sum
    }

    # A command's parameters. Of three slots no batch is made: a read is a request.
    function Join-Parameter([hashtable] $Own, [bool] $Writes) {
        $all = $Own + @{ Connection = 'cut'; ErrorAction = 'SilentlyContinue'; MaxConcurrency = $(if ($Writes) { $most } else { 3 }) }
        if ($Writes) { $all['Confirm'] = $false }
        return $all
    }

    function Set-Latency([int] $Milliseconds) {
        if ($Milliseconds -gt 0) { Set-EmulatorFault @{ kind = 'graph'; action = @{ delayMs = $Milliseconds } } } else { Set-EmulatorFault }
        [void] (Invoke-Emulator -Method POST -What reset)
    }

    # Asserts what holds right after a pipeline has ended, and that nothing follows.
    function Assert-Ended([bool] $Writes, [int] $Taken) {
        # Looked at without a command of the module, which would free what was left.
        (Get-OpenHandle).stream | Should -Be 0 -Because 'the run ends with its pipeline'
        $sent = & (Get-Module ExRun) { [System.Text.Encoding]::UTF8.GetString($script:LastRun.Counts) } | ConvertFrom-Json
        $clock = [System.Diagnostics.Stopwatch]::StartNew()
        while ((Invoke-Emulator -What state).inFlight -gt 0 -and $clock.ElapsedMilliseconds -lt 60000) { Start-Sleep -Milliseconds 10 }
        Set-EmulatorFault
        # A marker: whatever the run would still have sent was sent before its answer.
        [void] (Get-EXRMailboxSettings $working[0] -Connection cut)
        $state = Invoke-Emulator -What state
        $state.requests.graph - 1 | Should -BeLessOrEqual $sent.requests -Because 'nothing starts that was not under way'
        if ($Writes) { Get-Written | Should -BeLessOrEqual ($Taken + $most) -Because 'no more was sent than was taken, and may be in flight' }
    }

    $taken = [System.Collections.ArrayList]::Synchronized([System.Collections.ArrayList]::new())
    $Note = { process { [void] $taken.Add($_); $_ } }
    # Gives mailboxes until some rows have come, and then what is to happen.
    $Trickle = {
        param($Then)
        foreach ($mailbox in $working) {
            $mailbox
            if ($taken.Count -ge 2) { . $Then }
            Start-Sleep -Milliseconds 10
        }
    }
}

AfterAll {
    Set-EmulatorFault
    Disconnect-ExRun -Name cut
}

Describe 'A run that is cut' {
    BeforeEach { $taken.Clear() }
    AfterEach { Set-EmulatorFault }

    It '<Command>, <Latency> ms a request, by <Way>, sends nothing more' -ForEach $cases {
        $parameters = Join-Parameter $Own $Writes
        Set-Latency $Latency
        $null = . $Cut
        Assert-Ended -Writes $Writes -Taken $taken.Count
    }

    It '<Command>, <Latency> ms a request, stopped while a command behind it is busy, sends nothing more' -ForEach $stops {
        Set-Latency $Latency
        $shell = [powershell]::Create()
        [void] $shell.AddScript("Import-Module '$ModulePath'").AddStatement().AddScript({
                param($Mailboxes, $Name, $Parameters, $Taken)
                $Mailboxes | & $Name @Parameters | ForEach-Object { [void] $Taken.Add($_); while ($true) { [System.Threading.Thread]::Sleep(10) } }
            }.ToString()).AddArgument($working).AddArgument($Name).AddArgument((Join-Parameter $Own $Writes)).AddArgument($taken)
        $under = $shell.BeginInvoke()
        $clock = [System.Diagnostics.Stopwatch]::StartNew()
        while ($taken.Count -eq 0 -and -not $under.IsCompleted -and $clock.ElapsedMilliseconds -lt 60000) { Start-Sleep -Milliseconds 10 }
        $taken.Count | Should -Be 1
        $shell.Stop()
        (Get-OpenHandle).stream | Should -Be 0
        $before = (Invoke-Emulator -What state).requests.graph
        Set-EmulatorFault
        [void] (Get-EXRMailboxSettings $working[0] -Connection cut)
        $clock.Restart()
        while ((Invoke-Emulator -What state).inFlight -gt 0 -and $clock.ElapsedMilliseconds -lt 60000) { Start-Sleep -Milliseconds 10 }
        (Invoke-Emulator -What state).requests.graph | Should -BeLessOrEqual ($before + 1)
        if ($Writes) { Get-Written | Should -BeLessOrEqual (1 + $most) }
        $shell.Dispose()
    }

    It '<Command> goes on with its journal where it was: no mailbox is written twice' -ForEach @($commands | Where-Object { $_.Writes -and $_.Command -notlike '*DELETE' }) {
        Set-Latency 20
        $parameters = (Join-Parameter $Own $Writes) + @{ Journal = (Join-Path $TestDrive ($Command + '.db')) }
        $null = $working[0..99] | & $Name @parameters | Select-Object -First 3
        Set-EmulatorFault
        $written = (Invoke-Emulator -What state).writesByMailbox
        @($written.PSObject.Properties).Count | Should -BeGreaterThan 0
        $rows = @($working[0..99] | & $Name @parameters)
        $rows.Count | Should -Be 100
        (Get-ExRunLastRun).Recalled | Should -Be @($written.PSObject.Properties).Count -Because 'what was in flight has been recorded'
        $all = @((Invoke-Emulator -What state).writesByMailbox.PSObject.Properties | ForEach-Object { $_.Value })
        $all.Count | Should -Be 100
        @($all | Where-Object { $_ -ne 1 }).Count | Should -Be 0
    }

    It 'by the end of its runspace sends nothing more' {
        Set-Latency 20
        $runspace = [runspacefactory]::CreateRunspace()
        $runspace.Open()
        $shell = [powershell]::Create()
        $shell.Runspace = $runspace
        # One statement: PowerShell itself falls over a runspace that is closed between two.
        [void] $shell.AddScript({
                param($Mailboxes, $Taken, $Module)
                Import-Module $Module
                $Mailboxes | Set-ExRunMailboxSettings -TimeZone 'Tokyo Standard Time' -Connection cut -MaxConcurrency 16 -Confirm:$false -ErrorAction SilentlyContinue |
                    ForEach-Object { [void] $Taken.Add($_); while ($true) { [System.Threading.Thread]::Sleep(10) } }
            }.ToString()).AddArgument($working).AddArgument($taken).AddArgument($ModulePath)
        $under = $shell.BeginInvoke()
        $clock = [System.Diagnostics.Stopwatch]::StartNew()
        while ($taken.Count -eq 0 -and -not $under.IsCompleted -and $clock.ElapsedMilliseconds -lt 60000) { Start-Sleep -Milliseconds 10 }
        $runspace.Close()
        (Get-OpenHandle).stream | Should -Be 0
        Get-Written | Should -BeLessOrEqual (1 + $most)
    }
}

Describe 'Ctrl+C at a prompt' -Skip:($null -eq (Get-Command python3 -ErrorAction Ignore) -or [System.IO.Path]::DirectorySeparatorChar -eq '\') {
    It 'ends a run of every command wherever its pipeline is, and nothing more is sent: <Latency> ms a request' -ForEach @(@{ Latency = 0 }, @{ Latency = 20 }, @{ Latency = 400 }) {
        $forms = [ordered] @{
            'while rows come'                  = '& {{ while ($true) {{ $all }} }} | {0} | ForEach-Object {{ $global:n++ }}'
            'while the command behind is busy' = '& {{ while ($true) {{ $all }} }} | {0} | ForEach-Object {{ $global:n++; while ($true) {{ Start-Sleep -Milliseconds 20 }} }}'
            'while the command in front is'    = '& {{ $all; $all; Start-Sleep 600 }} | {0} | ForEach-Object {{ $global:n++ }}'
        }
        $commands = [ordered] @{
            'set'    = "Set-ExRunMailboxSettings -TimeZone 'Tokyo Standard Time' -MaxConcurrency 16 -Confirm:`$false -ErrorAction Ignore"
            'post'   = "Invoke-ExRunMailboxRequest -Path messages -Method POST -Body @{ subject = 'cut' } -MaxConcurrency 16 -Confirm:`$false -ErrorAction Ignore"
            'patch'  = "Invoke-ExRunMailboxRequest -Path mailboxSettings -Method PATCH -Body @{ dateFormat = 'dd.MM.yyyy' } -MaxConcurrency 16 -Confirm:`$false -ErrorAction Ignore"
            'delete' = "Invoke-ExRunMailboxRequest -Path messages/none -Method DELETE -IncludeError -MaxConcurrency 16 -Confirm:`$false -ErrorAction Ignore"
            'get'    = 'Invoke-ExRunMailboxRequest -Path mailboxSettings -MaxConcurrency 3 -ErrorAction Ignore'
            'report' = 'Get-MailboxSettingsReport -MaxConcurrency 3 -ErrorAction Ignore'
        }
        # The others were tried without a terminal.
        if ($Latency -ne 20) { foreach ($name in 'patch', 'delete', 'get', 'post') { $commands.Remove($name) } }
        $list = Join-Path $TestDrive 'mailboxes.txt'
        [System.IO.File]::WriteAllLines($list, [string[]] $working)
        $job = @{
            shell  = [System.Diagnostics.Process]::GetCurrentProcess().MainModule.FileName
            lines  = @(
                "Import-Module '$ModulePath'; `$WarningPreference = 'SilentlyContinue'; `$ProgressPreference = 'SilentlyContinue'; `$all = [IO.File]::ReadAllLines('$list')"
                "`$secret = [securestring]::new(); '$ClientSecretText'.ToCharArray() | ForEach-Object { `$secret.AppendChar(`$_) }"
                "`$null = Connect-ExRun -TenantId '$TenantId' -ClientId '$ClientId' -ClientSecret `$secret"
            )
            marker = '(Get-EXRMailboxSettings $all[0]).timeZone'
            cuts   = @(foreach ($command in $commands.Keys) { foreach ($form in $forms.Keys) {
                        @{ name = "$command $form"; line = ($forms[$form] -f $commands[$command]); after = $(if ($form -eq 'while rows come') { 60 } else { 1 }) }
                    } })
        }
        $file = Join-Path $TestDrive 'job.json'
        [System.IO.File]::WriteAllText($file, (ConvertTo-Json -InputObject $job -Depth 5))
        Set-Latency $Latency
        $said = @(Get-Content -Raw $file | python3 (Join-Path $PSScriptRoot 'terminal.py') 2>&1) -join "`n"
        Set-EmulatorFault
        # What was said instead of it, where a line of it went wrong: the test's own end is no help.
        $said | Should -Match '^\[\{'
        $cuts = @($said | ConvertFrom-Json)
        $cuts.Count | Should -Be ($commands.Count * $forms.Count)
        foreach ($cut in $cuts) {
            $cut.open | Should -Be 0 -Because $cut.name
            $cut.came | Should -BeLessOrEqual $cut.sent -Because "$($cut.name): nothing starts once the prompt is back"
            $cut.written | Should -BeLessOrEqual ($cut.taken + 16) -Because $cut.name
        }
    }
}

Describe 'Other streams that are cut' {
    It 'a comparison frees its stream and its temporary files' {
        $files = { @([System.IO.Directory]::GetFiles([System.IO.Path]::GetTempPath(), '*.jsonl') | Sort-Object) }
        $before = & $files
        $row = { param($Zone) 1..500 | ForEach-Object { [pscustomobject] @{ MailboxName = "a$_@contoso.com"; TimeZone = $Zone } } }
        @(Compare-ExRunReport (& $row UTC) (& $row GMT) | Select-Object -First 1).Count | Should -Be 1
        (Get-OpenHandle).stream | Should -Be 0
        & $files | Should -Be $before
        try { Compare-ExRunReport (& $row UTC) (& $row GMT) | ForEach-Object { throw 'stop' } } catch { "$_" | Should -Be 'stop' }
        (Get-OpenHandle).stream | Should -Be 0
    }
}

Describe 'Without clean blocks, as in Windows PowerShell' {
    It 'a run of writes that is cut by <Way> sends no more than was taken and may be in flight' -ForEach @(
        @{ Way = 'Select-Object'; Cut = '$all | Set-ExRunMailboxSettings @parameters | & $note | Select-Object -First 1' }
        @{ Way = 'throw behind it'; Cut = 'try { $all | Set-ExRunMailboxSettings @parameters | & $note | ForEach-Object { throw 1 } } catch { }' }
        @{ Way = 'throw in front of it'; Cut = 'try { & { foreach ($one in $all) { $one; if ($taken.Count -ge 2) { throw 1 }; Start-Sleep -Milliseconds 10 } } | Set-ExRunMailboxSettings @parameters | & $note } catch { }' }
    ) {
        $copy = Join-Path $TestDrive 'WithoutClean'
        if (-not (Test-Path $copy)) { Copy-Item -Recurse ([System.IO.Path]::GetDirectoryName($ModulePath)) $copy }
        $list = Join-Path $TestDrive 'working.txt'
        [System.IO.File]::WriteAllLines($list, [string[]] $working)
        $script = Join-Path $copy 'ExRun.psm1'
        $text = [System.IO.File]::ReadAllText($script)
        [System.IO.File]::WriteAllText($script, $text.Replace('= $PSVersionTable.PSVersion', "= [version] '5.1'"))
        Set-Latency 20
        $result = Invoke-Script @"
Import-Module '$(Join-Path $copy 'ExRun.psd1')'
if ((Get-Command Set-ExRunMailboxSettings).Definition -match 'clean \{') { throw 'it has a clean block' }
`$secret = [securestring]::new(); '$ClientSecretText'.ToCharArray() | ForEach-Object { `$secret.AppendChar(`$_) }
`$null = Connect-ExRun -TenantId '$TenantId' -ClientId '$ClientId' -ClientSecret `$secret -WarningAction SilentlyContinue
`$all = [System.IO.File]::ReadAllLines('$list')
`$taken = [System.Collections.ArrayList]::new()
`$note = { process { [void] `$taken.Add(`$_); `$_ } }
`$parameters = @{ TimeZone = 'Tokyo Standard Time'; MaxConcurrency = 16; Confirm = `$false; ErrorAction = 'SilentlyContinue' }
`$null = & { $Cut }
`$taken.Count
# A sign of life, and all that may come of it.
& (Get-Module ExRun) {
    `$run = @(`$script:OpenRuns)[0]
    do {
        [System.IntPtr] `$pointer = [System.IntPtr]::Zero; [long] `$length = 0; [long] `$handle = 0
        [void] `$run.Native::exrun_stream_progress(`$run.Stream, [ref] `$pointer, [ref] `$length, [ref] `$handle)
        `$state = Read-NativeText -Pointer `$pointer -Length `$length | ConvertFrom-Json
    } until (`$state.inFlight -eq 0 -and `$state.completed -gt 0)
}
`$null = Get-ExRunContext
& (Get-Module ExRun) { `$script:OpenRuns.Count }
"@
        Set-EmulatorFault
        $result.Lines.Count | Should -Be 2 -Because $result.Text
        $result.Lines[1] | Should -Be '0' -Because 'the next command frees the run'
        Get-Written | Should -BeLessOrEqual ([int] $result.Lines[0] + 16)
    }
}
