BeforeAll {
    Import-Module "$PSScriptRoot/TestHelper.psm1" -Force
    Import-ExRun
    $app = Initialize-TestApp
    function Get-AppSettings { [pscustomobject] @{ TenantId = $app.TenantId; ClientId = $app.ClientId } }
    $all = Get-TestMailbox
    $working = Get-TestMailbox -Working
    $broken = @(Get-TestMailbox -Broken)
    $token = Get-AppOnlyToken $app.PfxFile -password $app.Password
    $columns = 'MailboxName', 'Language', 'Locale', 'TimeZone', 'AutomaticReplyStatus'
    $statuses = 'Disabled', 'AlwaysEnabled', 'Scheduled'
}

Describe '<_>' -ForEach 'Get-MailboxSettingsReport', 'Get-EXRMailboxSettingsReport' {
    It 'gives a plain row of five columns for each mailbox, in the order of the input' {
        $report = & $_ -Mailboxes $all -CertFileName $app.PfxFile -password $app.Password -ErrorAction SilentlyContinue
        $report.Count | Should -Be $all.Count
        $report.MailboxName | Should -Be $all
        $report.GetType().Name | Should -Be 'Object[]'
        foreach ($row in $report) {
            if (($row.PSObject.Properties.Name -join ',') -ne ($columns -join ',')) { throw "columns of $row" }
            if ($row.PSObject.TypeNames[0] -ne 'System.Management.Automation.PSCustomObject') { throw "type of $row" }
            if ($broken -contains $row.MailboxName) {
                if ($null -ne $row.Language -or $null -ne $row.AutomaticReplyStatus) { throw "broken $row" }
            } elseif ($statuses -cnotcontains $row.AutomaticReplyStatus -or -not $row.TimeZone -or -not $row.Locale) { throw "row $row" }
        }
    }

    It 'takes mailboxes and certificate by position, and the token that Get-AppSettings and the file give' {
        $row = & $_ $working[0] $app.PfxFile -password $app.Password
        $row | Should -BeOfType [pscustomobject]
        $row.MailboxName | Should -Be $working[0]
    }
}

Describe 'The input of a report' {
    It 'may be nothing' {
        Get-MailboxSettingsReport -Mailboxes @() -AccessToken $token | Should -BeNullOrEmpty
        Get-MailboxSettingsReport -Mailboxes $null -AccessToken $token | Should -BeNullOrEmpty
        @() | Get-MailboxSettingsReport -AccessToken $token | Should -BeNullOrEmpty
    }

    It 'may come through the pipeline' {
        ($working[0..9] | Get-MailboxSettingsReport -AccessToken $token).MailboxName | Should -Be $working[0..9]
    }

    It 'may be a list, an ArrayList, or lists in a pipeline' {
        (Get-MailboxSettingsReport ([System.Collections.ArrayList] $working[0..2]) -AccessToken $token).MailboxName | Should -Be $working[0..2]
        (, $working[0..2] | Get-MailboxSettingsReport -AccessToken $token).MailboxName | Should -Be $working[0..2]
        (Get-MailboxSettingsReport @($working[0..1], $working[2], @($working[3])) -AccessToken $token).MailboxName | Should -Be $working[0..3]
    }

    It 'may be objects of <Command>' -ForEach @(
        @{ Command = 'Get-Mailbox'; Make = { param($m) [pscustomobject] @{ Name = 'x'; PrimarySmtpAddress = $m; UserPrincipalName = 'other@contoso.com'; Id = 'other' } } }
        @{ Command = 'Get-EXOMailbox'; Make = { param($m) [pscustomobject] @{ ExternalDirectoryObjectId = 'x'; UserPrincipalName = $m; PrimarySmtpAddress = $null; Id = 'other' } } }
        @{ Command = 'Get-MgUser'; Make = { param($m) [pscustomobject] @{ DisplayName = 'x'; Id = 'other'; Mail = $m; UserPrincipalName = '' } } }
        @{ Command = 'Import-Csv'; Make = { param($m) "MailboxName,Note`n$m,x" | ConvertFrom-Csv } }
        @{ Command = 'a list of hashtables'; Make = { param($m) @{ emailaddress = $m } } }
        @{ Command = 'System.Net.Mail'; Make = { param($m) [System.Net.Mail.MailAddress]::new($m) } }
    ) {
        $plain = @($working | Where-Object { $_ -match '^[a-z.0-9]+@contoso\.com$' })[0..2]
        $objects = @($plain | ForEach-Object { & $Make $_ })
        $report = @(Get-MailboxSettingsReport -Mailboxes $objects -AccessToken $token)
        $report.Count | Should -Be 3
        $report.MailboxName | Should -Be $plain
        $report.TimeZone | Should -Not -Contain $null
        @($objects | Get-MailboxSettingsReport -AccessToken $token).MailboxName | Should -Be $plain
    }

    It 'may be text that carries members, as lines of a file do' {
        $file = Join-Path $TestDrive 'mailboxes.txt'
        Set-Content $file $working[0..4]
        (Get-Content $file | Get-MailboxSettingsReport -AccessToken $token).MailboxName | Should -Be $working[0..4]
    }

    It 'may be GUIDs' {
        $id = [guid] '00000001-5eed-4000-8000-000000000003'
        $row = Get-MailboxSettingsReport $id -AccessToken $token
        $row.MailboxName | Should -Be "$id"
        $row.TimeZone | Should -Not -BeNullOrEmpty
    }

    It 'may hold blank and null entries: each has its row and its error' {
        $report = Get-MailboxSettingsReport @($working[0], '', $working[1], $null, '  ', $working[2]) -AccessToken $token -ErrorAction SilentlyContinue -ErrorVariable failure
        $report.Count | Should -Be 6
        $failure.Count | Should -Be 3
        $report[1].TimeZone | Should -BeNullOrEmpty
        $report[2].MailboxName | Should -Be $working[1]
        $report[3].MailboxName | Should -BeNullOrEmpty
        $piped = @($working[0], $null, '' | Get-MailboxSettingsReport -AccessToken $token -ErrorAction SilentlyContinue)
        $piped.Count | Should -Be 3
    }

    It 'may hold an object without any name' {
        $report = @(Get-MailboxSettingsReport @([pscustomobject] @{ x = 1 }, $working[0]) -AccessToken $token -ErrorAction SilentlyContinue -ErrorVariable failure)
        $report.Count | Should -Be 2
        $failure.Count | Should -Be 1
        $report[1].TimeZone | Should -Not -BeNullOrEmpty
    }

    It 'keeps names as they are given: <Name>' -ForEach @(
        @{ Name = "quotes"; Pattern = "o'brien"; Change = { param($n) $n } }
        @{ Name = 'quotes that a script has doubled'; Pattern = "o'brien"; Change = { param($n) $n.Replace("'", "''") } }
        @{ Name = 'guests'; Pattern = '#EXT#'; Change = { param($n) $n } }
        @{ Name = 'guests that a script has escaped'; Pattern = '#EXT#'; Change = { param($n) [uri]::EscapeDataString($n) } }
        @{ Name = 'letters beyond ASCII'; Pattern = [string] [char] 0xfc; Change = { param($n) $n } }
        @{ Name = 'another case'; Pattern = '^anna'; Change = { param($n) $n.ToUpperInvariant() } }
        @{ Name = 'a plus sign'; Pattern = 'sales\+'; Change = { param($n) $n } }
    ) {
        $name = & $Change @($working -match $Pattern)[0]
        $row = Get-MailboxSettingsReport $name -AccessToken $token
        $row.MailboxName | Should -BeExactly $name
        $row.TimeZone | Should -Not -BeNullOrEmpty
    }

    It 'loses no row to an odd name' {
        $odd = "a`"b@contoso.com", 'back\slash@contoso.com', "tab`tnew`nline@contoso.com", "nul`0@contoso.com", "$([char] 0xD800)lone@contoso.com", '../../me', '?x=1', '{"a":1}', '_x0041_@contoso.com', ('x' * 5000)
        $report = @(Get-MailboxSettingsReport (@($odd) + $working[0]) -AccessToken $token -ErrorAction SilentlyContinue -ErrorVariable failure)
        $report.Count | Should -Be 11
        $failure.Count | Should -Be 10
        $report[0].MailboxName | Should -BeExactly $odd[0]
        $report[2].MailboxName | Should -BeExactly $odd[2]
        $report[3].MailboxName | Should -BeExactly $odd[3]
        $report[8].MailboxName | Should -BeExactly $odd[8]
        $report[10].TimeZone | Should -Not -BeNullOrEmpty
    }
}

Describe 'The output of a report' {
    It 'goes to Export-Csv without a line of types' {
        $file = Join-Path $TestDrive 'report.csv'
        Get-MailboxSettingsReport $working[0..4] -AccessToken $token | Export-Csv -NoTypeInformation -Path $file
        @(Get-Content $file)[0] | Should -Be '"MailboxName","Language","Locale","TimeZone","AutomaticReplyStatus"'
        (Import-Csv $file).MailboxName | Should -Be $working[0..4]
    }

    It 'comes while the input is still being read' {
        $script:seen = 0
        $script:fed = 300
        $script:seenAtEnd = -1
        $report = @(& {
            $working[0..299]
            $clock = [System.Diagnostics.Stopwatch]::StartNew()
            # A row comes out with the next mailbox that goes in, as soon as there is one.
            do {
                Start-Sleep -Milliseconds 50
                $working[300]
                $script:fed++
            } while ($script:seen -eq 0 -and $clock.ElapsedMilliseconds -lt 60000)
            $script:seenAtEnd = $script:seen
        } | Get-MailboxSettingsReport -AccessToken $token | ForEach-Object { $script:seen++; $_ })
        $report.Count | Should -Be $script:fed
        $script:seenAtEnd | Should -BeGreaterThan 0
    }

    It 'has further columns when asked' {
        $report = Get-MailboxSettingsReport @($working[0], $broken[0]) -AccessToken $token -IncludeError -ErrorAction SilentlyContinue
        $report[0].PSObject.Properties.Name | Should -Be @($columns + 'ErrorCode', 'ErrorMessage', 'RequestId')
        $report[1].ErrorCode | Should -Not -BeNullOrEmpty
        $report[1].RequestId | Should -Not -BeNullOrEmpty
    }

    It 'leaves what is behind it to its own errors' {
        # In a script of its own: a test itself stands in a try block.
        $result = Invoke-Script @"
Import-Module '$ModulePath'
`$password = [securestring]::new()
'$($app.PlainText)'.ToCharArray() | ForEach-Object { `$password.AppendChar(`$_) }
Connect-ExRun -TenantId '$($app.TenantId)' -ClientId '$($app.ClientId)' -CertificatePath '$($app.PfxFile)' -Password `$password
'$($working[0..2] -join "','")' | Get-MailboxSettingsReport | ForEach-Object { [int]::Parse('x'); "reached `$(`$_.MailboxName)" } 2>`$null
"@
        $result.Lines | Should -Be @($working[0..2] | ForEach-Object { "reached $_" })
    }

    It 'stops the requests that nobody waits for' {
        $report = Get-MailboxSettingsReport $working -AccessToken $token | Select-Object -First 3
        $report.Count | Should -Be 3
        [void] (Get-ExRunContext)
        $open = Get-OpenHandle
        $open.stream | Should -Be 0
        $open.client | Should -Be 0
    }

    It 'leaves an outer report alive when an inner one starts' {
        $report = @($working[0..3] | Get-MailboxSettingsReport -AccessToken $token |
            ForEach-Object { $outer = $_.MailboxName; $working[4..5] | Get-MailboxSettingsReport -AccessToken $token | ForEach-Object { "$outer $($_.MailboxName)" } })
        $report.Count | Should -Be 8
        $report[7] | Should -Be "$($working[3]) $($working[5])"
        (Get-OpenHandle).stream | Should -Be 0
    }

    It 'leaves no handle behind' {
        $null = Get-MailboxSettingsReport $working[0..9] $app.PfxFile -password $app.Password
        $null = Get-MailboxSettingsReport $all -AccessToken $token -ErrorAction SilentlyContinue
        $open = Get-OpenHandle
        foreach ($kind in $open.PSObject.Properties | Where-Object { $_.Name -ne 'bytes' }) { $kind.Value | Should -Be 0 -Because $kind.Name }
    }

    It 'that was cut is freed with its pipeline' {
        $null = Get-MailboxSettingsReport $working -AccessToken $token | Select-Object -First 1
        (Get-OpenHandle).stream | Should -Be 0
    }

    It 'goes on to its last row when a command behind it <Name> the module' -ForEach @(
        @{ Name = 'imports'; Do = { Import-ExRun } }
        @{ Name = 'removes'; Do = { Remove-Module ExRun } }
    ) {
        $script:seen = 0
        try {
            $report = @($working | Get-MailboxSettingsReport -AccessToken $token | ForEach-Object { $script:seen++; if ($script:seen -eq 3) { & $Do }; $_ })
        } finally {
            Import-ExRun
        }
        $report.MailboxName | Should -Be $working
        (Get-OpenHandle).stream | Should -Be 0
    }
}

Describe 'A report''s limits and options' {
    It 'keeps to MaxConcurrency' {
        [void] (Invoke-Emulator -Method POST -What reset)
        $null = Get-MailboxSettingsReport $working[0..99] -AccessToken $token -MaxConcurrency 2
        $state = Invoke-Emulator -What state
        $state.requests.graph | Should -BeGreaterOrEqual 1
        $state.maxInFlight | Should -BeLessOrEqual 8
    }

    It 'tries throttled mailboxes again, and tells of it with -Verbose' {
        Set-EmulatorFault @{ kind = 'graph'; modulo = @(5, 0); times = 1; action = @{ status = 429; retryAfter = '0.1' } }
        try {
            $output = @(Get-MailboxSettingsReport $working[0..49] -AccessToken $token -Verbose 4>&1)
        } finally { Set-EmulatorFault }
        $verbose = @($output | Where-Object { $_ -is [System.Management.Automation.VerboseRecord] })
        $rows = @($output | Where-Object { $_ -isnot [System.Management.Automation.VerboseRecord] })
        $rows.Count | Should -Be 50
        $rows.TimeZone | Should -Not -Contain $null
        ($verbose -join "`n") | Should -Match '(?m)^The service asked to wait: try 1 failed, the next one comes in '
    }

    It 'writes no verbose line when nobody asked' {
        @(Get-MailboxSettingsReport $working[0] -AccessToken $token 4>&1).Count | Should -Be 1
    }

    It 'signs with a certificate object whenever a token is needed' {
        $certificate = Get-TestCertificate $app
        [void] (Invoke-Emulator -Method POST -What revoke-tokens)
        (Get-MailboxSettingsReport $working[0..4] -Certificate $certificate).TimeZone | Should -Not -Contain $null
        # In mid-run as well.
        Set-EmulatorFault @{ kind = 'graph'; after = 20; times = 1; modulo = @(400, 30); action = @{ revokeTokens = $true; status = 401 } }
        try {
            $report = Get-MailboxSettingsReport $working[0..199] -Certificate $certificate -MaxConcurrency 1
        } finally { Set-EmulatorFault }
        $report.Count | Should -Be 200
        $report.TimeZone | Should -Not -Contain $null
    }
}
