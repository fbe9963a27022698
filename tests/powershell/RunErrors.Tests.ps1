# What a person sees of the mailboxes that fail in a run: a line each, one line of sums, and a list that can be piped back.

BeforeDiscovery {
    $hasTerminal = $null -ne (Get-Command python3 -ErrorAction Ignore) -and [System.IO.Path]::DirectorySeparatorChar -ne '\'
    $commands = @(
        @{ Command = 'Get-MailboxSettingsReport'; Own = @{} }
        @{ Command = 'Get-EXRMailboxSettingsReport'; Own = @{} }
        @{ Command = 'Set-ExRunMailboxSettings'; Own = @{ TimeZone = 'UTC'; Confirm = $false } }
        @{ Command = 'Set-ExRunMailboxSettings'; Own = @{ TimeZone = 'UTC'; WhatIf = $true } }
        @{ Command = 'Invoke-ExRunMailboxRequest'; Own = @{ Path = 'mailFolders/inbox'; Select = 'totalItemCount' } }
        @{ Command = 'Invoke-ExRunMailboxRequest'; Own = @{ Path = 'mailboxSettings'; Method = 'PATCH'; Body = @{ timeZone = 'UTC' }; Confirm = $false } }
    )
}

BeforeAll {
    Import-Module "$PSScriptRoot/TestHelper.psm1" -Force
    Import-ExRun
    $app = Initialize-TestApp
    Connect-ExRun -TenantId $app.TenantId -ClientId $app.ClientId -CertificatePath $app.PfxFile -Password $app.Password
    $working = @(Get-TestMailbox -Working)
    $broken = @(Get-TestMailbox -Broken)
    $some = @($working[0..9]) + $broken
    $list = Join-Path $TestDrive 'failed.csv'
    $silent = @{ ErrorAction = 'SilentlyContinue'; WarningAction = 'SilentlyContinue' }

    # A script that is connected and has $broken.
    $start = @"
`$ProgressPreference = 'SilentlyContinue'
Import-Module '$ModulePath'
`$secret = [securestring]::new(); '$ClientSecretText'.ToCharArray() | ForEach-Object { `$secret.AppendChar(`$_) }
`$null = Connect-ExRun -TenantId '$TenantId' -ClientId '$ClientId' -ClientSecret `$secret -WarningAction SilentlyContinue
`$broken = @('$(@($broken | ForEach-Object { $_.Replace("'", "''") }) -join "','")')

"@

    # What a terminal shows of a script, line by line.
    function Show-Script {
        param([string] $Script, [int] $Columns = 120, [switch] $AsFile, [object[]] $Answers = @())
        $file = Join-Path $TestDrive ('shown-' + [guid]::NewGuid().ToString('N') + '.ps1')
        [System.IO.File]::WriteAllText($file, $start + $Script, [System.Text.UTF8Encoding]::new($true))
        $job = @{ shell = [System.Diagnostics.Process]::GetCurrentProcess().MainModule.FileName; script = $file; columns = $Columns; asFile = [bool] $AsFile; answers = $Answers }
        $said = @(ConvertTo-Json -InputObject $job -Depth 4 | python3 (Join-Path $PSScriptRoot 'shown.py') 2>&1) -join "`n"
        $said | Should -Match '^\['
        return @($said | ConvertFrom-Json)
    }
}

AfterAll { Disconnect-ExRun }

Describe 'A failed mailbox on a terminal' -Skip:(-not $hasTerminal) {
    It 'is one line of <Columns> columns, cause and mailbox first, <How>' -ForEach @(
        foreach ($columns in 120, 80) {
            @{ Columns = $columns; AsFile = $true; How = 'in a script' }
            @{ Columns = $columns; AsFile = $false; How = 'typed' }
        }
    ) {
        $views = 'ConciseView', 'NormalView', 'CategoryView'
        $said = (Show-Script "foreach (`$view in '$($views -join "', '")') { `$ErrorView = `$view; `"== `$view`"; `$broken | Get-MailboxSettingsReport | Out-Null }" -Columns $Columns -AsFile:$AsFile) -join "`n"
        foreach ($view in $views) {
            $lines = @(($said -split "(?m)^.*== $view$")[1] -split "`n" | Where-Object { $_ })
            $lines.Count | Should -BeGreaterThan $broken.Count -Because $said
            # One view's lines end where the next one's name stands.
            $lines = @($lines[0..$broken.Count])
            for ($index = 0; $index -lt $broken.Count; $index++) {
                $begin = if ($view -eq 'CategoryView') { '^(ObjectNotFound|PermissionDenied): \({0}:' } else { '^(NotFound|AccessDenied|MailboxNotEnabled): {0}: \w+' }
                $lines[$index] | Should -Match ($begin -f [regex]::Escape($broken[$index])) -Because $said
                if ($view -ne 'CategoryView') { $lines[$index].Length | Should -BeLessThan $Columns }
            }
            $lines[$broken.Count] | Should -Match "^WARNING: $($broken.Count) of $($broken.Count) mailboxes failed: "
        }
    }

    It 'is asked about with -ErrorAction Inquire and then shown, and is one line where it ends the script' {
        $lines = Show-Script -AsFile -Answers @(@{ when = 'default is "Y"'; type = 'A' }) -Script @'
$broken[0..1] | Get-MailboxSettingsReport -ErrorAction Inquire | Out-Null
'went on'
$broken[0..1] | Get-MailboxSettingsReport -ErrorAction Stop | Out-Null
'never'
'@
        $failures = @($lines -match '^(NotFound|AccessDenied|MailboxNotEnabled): ')
        $failures.Count | Should -Be 3 -Because ($lines -join "`n")
        $lines | Should -Contain 'went on'
        $lines | Should -Not -Contain 'never'
    }
}

Describe 'The view of a failed mailbox' {
    BeforeAll {
        $null = Get-MailboxSettingsReport $broken[0] @silent -ErrorVariable failure
        $record = $failure[0]
        function Format-Failure([int] $Most, $Record = $record) { & (Get-Module ExRun) { param($Record, $Most) Import-PrivateFunction; Format-MailboxError -Record $Record -Most $Most } $Record $Most }
    }

    It 'hides nothing from who asks for all of it' {
        "$record" | Should -BeLike 'reading the mailbox settings of *request id*'
        ($record | Format-List -Property * -Force | Out-String -Width 1000) | Should -Match 'request id'
        $record.GetType() | Should -Be ([System.Management.Automation.ErrorRecord])
    }

    It 'leaves Get-Error, and DetailedView, as they are' -Skip:($null -eq (Get-Command Get-Error -ErrorAction Ignore)) {
        $result = Invoke-Script ($start + @'
$null = $broken[0] | Get-MailboxSettingsReport 2>$null
Get-Error | Out-String -Width 1000
"== again"
$Error[0] | Out-String -Width 1000
$ErrorView = 'DetailedView'
"== in detail"
$Error[0] | Out-String -Width 1000
'@)
        $parts = $result.Text -split '== again|== in detail'
        $parts[0] | Should -Match 'requestId : '
        $parts[1].Trim() | Should -Match '^(NotFound|AccessDenied|MailboxNotEnabled): .*$'
        $parts[2] | Should -Match 'requestId : '
    }

    It 'is cut to the room that there is, and no further' {
        foreach ($most in 41, 79, 119) {
            $text = Format-Failure $most
            $text.Length | Should -BeLessOrEqual $most
            $text | Should -Match '^(NotFound|AccessDenied|MailboxNotEnabled): '
        }
        Format-Failure 512 | Should -BeExactly ('{0}: {1}: {2}' -f $record.Exception.Data['name'], $record.TargetObject, $record.Exception.Data['serviceMessage'])
    }

    It 'says without control characters what a service says with them' {
        $exception = [System.InvalidOperationException]::new("a`r`nb")
        $exception.Data['name'] = 'Service'
        $exception.Data['serviceCode'] = 'Odd'
        $exception.Data['serviceMessage'] = "one`r`n$([char] 27)[31mtwo$([char] 0x202E)"
        Format-Failure 200 ([System.Management.Automation.ErrorRecord]::new($exception, 'ExRun.Service', 'InvalidResult', 'kim@contoso.com')) |
            Should -BeExactly 'Service: kim@contoso.com: Odd: one [31mtwo'
    }

    It 'says of what never reached a service what is wrong, once' {
        $null = Get-MailboxSettingsReport @('', $working[0]) @silent -ErrorVariable failure
        Format-Failure 300 $failure[0] | Should -Match '^InvalidArgument: (?!reading)'
    }

    It 'is used in a function with StrictMode, and in a job of threads' {
        $result = Invoke-Script ($start + "Set-StrictMode -Version Latest; function Read-Some { `$broken | Get-MailboxSettingsReport 2>&1 | Where-Object { `$_ -is [System.Management.Automation.ErrorRecord] } | Out-String -Width 200 }; Read-Some")
        @($result.Lines -match '^(NotFound|AccessDenied|MailboxNotEnabled): ').Count | Should -Be $broken.Count -Because $result.Text
    }
}

Describe 'The sums of a run' {
    It 'are one warning, with the causes and how to get a list' {
        $rows = @(Get-MailboxSettingsReport $some -ErrorAction Continue -WarningVariable warned -WarningAction SilentlyContinue 2>$null)
        $rows.Count | Should -Be $some.Count
        $warned.Count | Should -Be 1
        $outcomes = (Get-ExRunLastRun).Outcomes
        "$warned" | Should -Match "^$($broken.Count) of $($some.Count) mailboxes failed: "
        foreach ($outcome in $outcomes.PSObject.Properties) { if ($outcome.Name -ne 'Ok') { "$warned" | Should -Match ('\b{0} {1}\b' -f $outcome.Value, $outcome.Name) } }
        "$warned" | Should -Match '-FailedFile'
    }

    It 'are as silent as the errors, and left out of a single one' {
        foreach ($preference in 'SilentlyContinue', 'Ignore') {
            $null = Get-MailboxSettingsReport $some -ErrorAction $preference -WarningVariable warned
            $warned | Should -BeNullOrEmpty
            $output = @(& { $ErrorActionPreference = $preference; Get-MailboxSettingsReport $some } *>&1 | Where-Object { $_ -is [System.Management.Automation.WarningRecord] })
            $output | Should -BeNullOrEmpty
        }
        $null = Get-MailboxSettingsReport @($working[0], $broken[0]) -WarningVariable warned 2>$null
        $warned | Should -BeNullOrEmpty
        $null = Get-MailboxSettingsReport $working[0..4] -WarningVariable warned
        $warned | Should -BeNullOrEmpty
    }

    It 'heed the preferences of a function that calls the command' {
        $output = @(& { $WarningPreference = 'SilentlyContinue'; Get-MailboxSettingsReport $some } 2>$null 3>&1 | Where-Object { $_ -is [System.Management.Automation.WarningRecord] })
        $output | Should -BeNullOrEmpty
        $told = @(& { $InformationPreference = 'Continue'; Get-MailboxSettingsReport $working[0] } 6>&1 | Where-Object { $_ -is [System.Management.Automation.InformationRecord] })
        $told.Count | Should -Be 2
    }

    It 'come with a run that ends by an error, too' {
        { Get-MailboxSettingsReport $broken -StopAfterErrors 3 -MaxConcurrency 1 -WarningVariable global:warnedAtEnd -WarningAction SilentlyContinue 2>$null } | Should -Throw -ErrorId 'ExRun.TooManyErrors,*'
        "$global:warnedAtEnd" | Should -Match '^\d+ of \d+ mailboxes failed: '
        Remove-Variable -Scope Global -Name warnedAtEnd
    }

    It 'are information records at the start and the end: <Command>' -ForEach $commands {
        $null = & $Command $some @Own @silent -InformationVariable told
        $mine = @($told | Where-Object { $_.Tags -contains 'ExRun' })
        $mine.Count | Should -Be 2
        "$($mine[0])" | Should -Match ', as the app .* in the tenant '
        "$($mine[1])" | Should -Match ("ended after .*: {0} mailboxes, {1} succeeded, {2} failed; \d+ requests; \d+ tries repeated, \d+ throttled$" -f $some.Count, ($some.Count - $broken.Count), $broken.Count)
    }

    It 'are not shown unless asked for' {
        $result = Invoke-Script ($start + "`$null = Get-MailboxSettingsReport `$broken[0] 2>`$null; '=='; `$null = Get-MailboxSettingsReport `$broken[0] -InformationAction Continue 2>`$null")
        $result.Lines.Count | Should -Be 3 -Because $result.Text
        $result.Lines[0] | Should -Be '=='
    }
}

Describe 'A list of what failed' {
    BeforeEach { Remove-Item -LiteralPath $list -ErrorAction Ignore }

    It 'names the mailboxes and the causes, and is taken as input: <Command>' -ForEach $commands {
        $null = & $Command $some @Own @silent -FailedFile $list -WarningVariable warned
        "$warned" | Should -Match ('they are listed in {0}$' -f [regex]::Escape($list))
        $failed = @(Import-Csv -LiteralPath $list)
        @($failed.MailboxName | Sort-Object) | Should -Be @($broken | Sort-Object)
        @($failed[0].PSObject.Properties.Name) | Should -Be @('MailboxName', 'Cause', 'ErrorCode', 'ErrorMessage', 'RequestId')
        $failed | ForEach-Object { $_.Cause | Should -BeIn @('NotFound', 'AccessDenied', 'MailboxNotEnabled'); $_.ErrorCode | Should -Not -BeNullOrEmpty; $_.RequestId | Should -Not -BeNullOrEmpty }
        # The same file is read and written anew.
        $null = Import-Csv -LiteralPath $list | & $Command @Own @silent -FailedFile $list
        (Get-ExRunLastRun).Completed | Should -Be $broken.Count
        @(Import-Csv -LiteralPath $list).Count | Should -Be $broken.Count
    }

    It 'is empty where nothing failed, and shown among the files of the run' {
        [System.IO.File]::WriteAllText($list, 'that of yesterday')
        $null = Get-MailboxSettingsReport $working[0..4] -FailedFile $list -WarningVariable warned
        $warned | Should -BeNullOrEmpty
        @(Import-Csv -LiteralPath $list) | Should -BeNullOrEmpty
        [System.IO.File]::ReadAllText($list) | Should -Match '^"MailboxName"'
        @(Import-Csv -LiteralPath $list | Get-MailboxSettingsReport) | Should -BeNullOrEmpty
        (Get-ExRunLastRun) | Should -Not -BeNullOrEmpty
        $null = Get-MailboxSettingsReport $some @silent -FailedFile $list
        (Get-ExRunLastRun | Out-String -Width 400) | Should -Match ([regex]::Escape($list) + ' \(what failed\)')
    }

    It 'has the names that name no mailbox, too' {
        $names = @('', ' #kim@nowhere.example', '=1+1', 'a"b', "c`td", $broken[0])
        $null = Get-MailboxSettingsReport $names @silent -FailedFile $list
        $failed = @(Import-Csv -LiteralPath $list)
        $failed.Count | Should -Be $names.Count
        foreach ($name in $names[0..3] + $broken[0]) { @($failed.MailboxName) | Should -Contain $name }
        @($failed | Get-MailboxSettingsReport @silent).Count | Should -Be $names.Count
    }

    It 'is there after a pipeline that was cut, and after a run that ended by an error' {
        $null = ($broken * 40) | Get-MailboxSettingsReport @silent -FailedFile $list | Select-Object -First 1
        @(Import-Csv -LiteralPath $list).Count | Should -Be (Get-ExRunLastRun).Failed
        (Get-ExRunLastRun).Outcome | Should -Be 'Stopped'
        Remove-Item -LiteralPath $list
        { Get-MailboxSettingsReport $broken @silent -FailedFile $list -StopAfterErrors 3 } | Should -Throw
        @(Import-Csv -LiteralPath $list).Count | Should -Be (Get-ExRunLastRun).Failed
        Remove-Item -LiteralPath $list
        { Get-MailboxSettingsReport $broken -FailedFile $list -ErrorAction Stop -WarningVariable global:warnedAtEnd -WarningAction SilentlyContinue } | Should -Throw
        "$global:warnedAtEnd" | Should -Match ('they are listed in {0}$' -f [regex]::Escape($list))
        Remove-Variable -Scope Global -Name warnedAtEnd
        @(Import-Csv -LiteralPath $list).Count | Should -BeGreaterThan 0
        @(Get-ChildItem -LiteralPath $TestDrive -Force -Filter '.exrun-*') | Should -BeNullOrEmpty
    }

    It 'that cannot be is refused before the input is read: <Name>' -ForEach @(
        @{ Name = 'no such folder'; Path = 'nothere/failed.csv'; Id = 'File' }
        @{ Name = 'a folder'; Path = 'folder.csv'; Id = 'File' }
        @{ Name = 'another ending'; Path = 'failed.txt'; Id = 'InvalidArgument' }
        @{ Name = 'no ending'; Path = 'failed'; Id = 'InvalidArgument' }
        @{ Name = 'the journal'; Path = 'one.csv'; Id = 'InvalidArgument'; With = @{ Journal = 'one.csv' } }
        @{ Name = 'the report'; Path = 'one.csv'; Id = 'InvalidArgument'; With = @{ OutFile = 'one.csv' } }
    ) {
        [void] (New-Item -ItemType Directory -Force -Path (Join-Path $TestDrive 'folder.csv'))
        $given = @{ FailedFile = Join-Path $TestDrive $Path }
        foreach ($name in @($With.Keys)) { if ($name) { $given[$name] = Join-Path $TestDrive $With[$name] } }
        $script:read = 0
        $before = (Invoke-Emulator -What state).requests.graph
        { & { $script:read++; $working[0] } | Get-MailboxSettingsReport @given } | Should -Throw -ErrorId "ExRun.$Id,Get-MailboxSettingsReport"
        $script:read | Should -Be 0
        (Invoke-Emulator -What state).requests.graph | Should -Be $before
        (Get-OpenHandle).stream | Should -Be 0
    }

    It 'that cannot be put in its place is an error beside the rows' {
        $taken = Join-Path $TestDrive 'taken.csv'
        $rows = @(& { $working[0..2]; [void] (New-Item -ItemType Directory -Path $taken); $broken[0..1] } |
                Get-MailboxSettingsReport -FailedFile $taken -WarningAction SilentlyContinue -WarningVariable warned -ErrorAction SilentlyContinue -ErrorVariable failure)
        $rows.Count | Should -Be 5
        @($failure | Where-Object { $_.FullyQualifiedErrorId -eq 'ExRun.File,Get-MailboxSettingsReport' }).Count | Should -Be 1
        "$warned" | Should -Match 'they are not listed'
        (Get-ExRunLastRun | Out-String -Width 400) | Should -Match 'taken\.csv \(not written\)'
    }
}

Describe 'Figures and dates as they are written elsewhere' {
    It 'changes no sum and no list, also with StrictMode and Stop' {
        $cultures = 'de-DE', 'ar-SA', 'th-TH', 'tr-TR'
        $result = Invoke-Script ($start + @"
Set-StrictMode -Version Latest
`$ErrorActionPreference = 'Stop'
`$VerbosePreference = 'Continue'
foreach (`$culture in '$($cultures -join "', '")') {
    [cultureinfo]::CurrentCulture = `$culture
    `$rows = @(`$broken | Get-MailboxSettingsReport -FailedFile '$list' -WarningVariable warned -InformationVariable told 2>`$null 3>`$null 4>`$null)
    "`$(`$rows.Count) `$(@(Import-Csv '$list').Count)"
    "`$warned"
    "`$(`$told[1])"
    & (Get-Module ExRun) {
        Import-PrivateFunction
        `$state = [pscustomobject] @{ listing = `$false; completed = 12345; pushed = 40000; failed = 1200; elapsedMs = 60000; recalled = 0; retries = 0; heldMs = 4500; rates = @([pscustomobject] @{ atMs = 30000; completed = 12000 }) }
        Format-RunStatus -State `$state -Rate (Get-RunRate -State `$state) -Count 0
        Format-Event -Entry ('{"event":"retry","message":"trying again in 1500 ms: why","waitMs":1500,"tries":2}' | ConvertFrom-Json)
        Format-Event -Entry ('{"event":"token","message":"x","resource":"https://graph.microsoft.com","expiresOn":"2026-11-29T14:05:00Z"}' | ConvertFrom-Json)
    }
}
"@)
        $result.ExitCode | Should -Be 0 -Because $result.Text
        $result.Lines.Count | Should -Be (6 * $cultures.Count) -Because $result.Text
        for ($index = 0; $index -lt $cultures.Count; $index++) {
            $culture = [cultureinfo]::new($cultures[$index])
            $lines = @($result.Lines[(6 * $index)..(6 * $index + 5)])
            $lines[0] | Should -Be "$($broken.Count) $($broken.Count)"
            $lines[1] | Should -Match "^$($broken.Count) of $($broken.Count) mailboxes failed: "
            $lines[2] | Should -Match "ended after .*: $($broken.Count) mailboxes, 0 succeeded, $($broken.Count) failed; "
            $lines[3] | Should -BeExactly ([string]::Format($culture, '{0:N0} of {1:N0} mailboxes, {2:N0} failed, 12 a second, throttled for 5 s', 12345, 40000, 1200))
            $lines[4] | Should -BeExactly ([string]::Format($culture, 'Try 2 failed, the next one comes in {0:N1} s: why.', 1.5))
            $until = [datetimeoffset]::Parse('2026-11-29T14:05:00Z', [cultureinfo]::InvariantCulture).LocalDateTime
            $lines[5] | Should -BeExactly ([string]::Format($culture, 'Got a new token for https://graph.microsoft.com, valid until {0:g}.', $until))
        }
    }
}

Describe 'What -Verbose tells' {
    AfterEach { Set-EmulatorFault }

    It 'are sentences: of tries that are repeated, and of a service that asks to wait' {
        Set-EmulatorFault @{ kind = 'graph'; modulo = @(3, 1); times = 1; action = @{ status = 503; code = 'ServiceUnavailable'; message = 'busy'; retryAfter = '0' } },
        @{ kind = 'graph'; modulo = @(3, 2); times = 1; action = @{ status = 429; code = 'ApplicationThrottled'; message = 'too many'; retryAfter = '0' } }
        $said = @(Get-MailboxSettingsReport $working[0..19] -Verbose 4>&1 | Where-Object { $_ -is [System.Management.Automation.VerboseRecord] } | ForEach-Object { "$_" })
        $retries = (Get-ExRunLastRun).Retries
        $retries | Should -BeGreaterThan 1
        $repeated = @($said -match '^(The service asked to wait: t|T)ry 1 failed, the next one comes in \d+[.,]\d s: reading the mailbox settings of .*\.$')
        $repeated.Count | Should -Be $retries -Because ($said -join "`n")
        @($repeated -match '^The service asked to wait').Count | Should -BeGreaterThan 0
        $said -join "`n" | Should -Not -Match '(?m)^(retry|throttled|token): '
    }

    It 'names a token that was renewed, and until when it is valid' {
        [void] (Invoke-Emulator -Method POST -What revoke-tokens)
        $said = @(Get-MailboxSettingsReport $working[0..4] -Verbose 4>&1 | Where-Object { $_ -is [System.Management.Automation.VerboseRecord] } | ForEach-Object { "$_" })
        $said -join "`n" | Should -Match '(?m)^Got a new token for https://graph\.microsoft\.com/?, valid until .*\d.*\.$'
    }

    It 'is seen where the function that calls the command wants it' {
        Set-EmulatorFault @{ kind = 'graph'; times = 1; action = @{ status = 503; code = 'ServiceUnavailable'; message = 'busy'; retryAfter = '0' } }
        function Read-Some { $VerbosePreference = 'Continue'; Get-MailboxSettingsReport $working[0..4] }
        @(Read-Some 4>&1 | Where-Object { $_ -is [System.Management.Automation.VerboseRecord] -and "$_" -match 'ry 1 failed' }).Count | Should -BeGreaterThan 0
    }
}
