# What holds on Windows alone: files that other programs have open, names that are one file, long paths, who may read.

BeforeDiscovery {
    $onWindows = [System.IO.Path]::DirectorySeparatorChar -eq '\'
    # A policy of our own is there under Wine alone, as xtask/src/windows/wldp.c has it.
    $hasPolicy = '1' -eq $env:EXRUN_HAS_POLICY
}

Describe 'On Windows' -Skip:(-not $onWindows) {
    BeforeAll {
        Import-Module "$PSScriptRoot/TestHelper.psm1" -Force
        Import-ExRun
        Connect-ExRun -TenantId $TenantId -ClientId $ClientId -ClientSecret (ConvertTo-Secret $ClientSecretText)
        $working = Get-TestMailbox -Working
    }

    AfterAll { Disconnect-ExRun }

    It 'says at the start that another program has the report open' {
        $file = Join-Path $TestDrive 'excel.csv'
        [System.IO.File]::WriteAllText($file, 'old')
        # As Excel has it: others may read it, and nobody may replace it.
        $excel = [System.IO.File]::Open($file, 'Open', 'ReadWrite', 'Read')
        try {
            { Get-MailboxSettingsReport $working[0..200] -OutFile $file } | Should -Throw -ErrorId 'ExRun.File,Get-MailboxSettingsReport' -ExpectedMessage '*excel.csv*another program has it open*close it there*'
        } finally {
            $excel.Dispose()
        }
        [System.IO.File]::ReadAllText($file) | Should -Be 'old'
        Get-MailboxSettingsReport $working[0..4] -OutFile $file
        @(Import-Csv $file).Count | Should -Be 5
    }

    It 'keeps a report that cannot be put in its place, and says where' {
        $folder = [System.IO.Directory]::CreateDirectory((Join-Path $TestDrive 'later')).FullName
        $file = Join-Path $folder 'later.csv'
        [System.IO.File]::WriteAllText($file, 'old')
        $opened = @{}
        try {
            $run = {
                & {
                    $working[0]
                    # Opened once the run has looked at it and begun to write beside.
                    $until = [datetime]::UtcNow.AddMinutes(1)
                    while (-not [System.IO.Directory]::GetFiles($folder, '.exrun-*.tmp') -and [datetime]::UtcNow -lt $until) { [System.Threading.Thread]::Sleep(20) }
                    $opened.File = [System.IO.File]::Open($file, 'Open', 'ReadWrite', 'Read')
                    $working[1]
                } | Get-MailboxSettingsReport -OutFile $file
            }
            $run | Should -Throw -ErrorId 'ExRun.File,Get-MailboxSettingsReport' -ExpectedMessage '*another program has it open*the complete file was kept as *later.csv.kept*'
        } finally {
            if ($opened.File) { $opened.File.Dispose() }
        }
        [System.IO.File]::ReadAllText($file) | Should -Be 'old'
        @(Import-Csv "$file.kept").Count | Should -Be 2
    }

    It 'says at the start that a report is read-only' {
        $file = Join-Path $TestDrive 'read-only.csv'
        [System.IO.File]::WriteAllText($file, 'old')
        [System.IO.File]::SetAttributes($file, 'ReadOnly')
        try {
            { Get-MailboxSettingsReport $working[0] -OutFile $file } | Should -Throw -ErrorId 'ExRun.File,Get-MailboxSettingsReport' -ExpectedMessage '*read-only.csv*it is read-only*'
        } finally {
            [System.IO.File]::SetAttributes($file, 'Normal')
        }
    }

    It 'takes names for one that are one file: <One>, <Other>' -ForEach @(
        @{ One = "$([char] 0xdc)X.csv"; Other = "$([char] 0xfc)x.csv" }
        @{ One = 'dot.csv'; Other = 'dot.csv.' }
        @{ One = 'space.csv'; Other = 'SPACE.csv ' }
    ) {
        { Get-MailboxSettingsReport $working[0] -OutFile (Join-Path $TestDrive $One) -Journal "$TestDrive\$Other" } |
            Should -Throw -ErrorId 'ExRun.InvalidArgument,Get-MailboxSettingsReport' -ExpectedMessage '*name the same file*'
    }

    It 'writes to paths of more than 260 letters, spaces and umlauts' {
        $folder = Join-Path $TestDrive ("a folder $([char] 0xe4)$([char] 0x20ac)\" + ('x' * 100) + '\' + ('y' * 100) + '\' + ('z' * 60))
        [void] [System.IO.Directory]::CreateDirectory($folder)
        $journal = Join-Path $folder 'run.db'
        $file = Join-Path $folder 'report.csv'
        $journal.Length | Should -BeGreaterThan 300
        foreach ($time in 1, 2) { Get-MailboxSettingsReport $working[0..9] -Journal $journal -OutFile $file }
        [System.IO.File]::ReadAllLines($file).Count | Should -Be 11
        $merged = Join-Path $folder 'merged.db'
        (Merge-ExRunJournal $journal $merged).Rows | Should -Be 10
        # The journal is read as it stands.
        @(Compare-ExRunReport $journal $merged).Count | Should -Be 0
        [System.IO.Directory]::Delete((Join-Path $TestDrive "a folder $([char] 0xe4)$([char] 0x20ac)"), $true)
    }

    It 'lets the user alone at a journal and an undo file' {
        $journal = Join-Path $TestDrive 'private.db'
        $undo = Join-Path $TestDrive 'private.jsonl'
        $null = @(Set-ExRunMailboxSettings $working[0..4] -TimeZone 'Tokyo Standard Time' -Journal $journal -UndoFile $undo)
        $null = @(Set-ExRunMailboxSettings -Restore $undo)
        $user = [System.Security.Principal.WindowsIdentity]::GetCurrent().User
        foreach ($file in $journal, $undo) {
            $security = Get-Acl -LiteralPath $file
            $security.AreAccessRulesProtected | Should -BeTrue -Because $file
            $readers = $security.GetAccessRules($true, $true, [System.Security.Principal.SecurityIdentifier]).IdentityReference
            # The owner is named beside: on a share the user may have another number.
            foreach ($reader in $readers) { "$reader" | Should -BeIn "$user", 'S-1-3-4' -Because $file }
        }
    }

    It 'signs in with a PFX file, and reads a report over TLS' {
        $app = Initialize-TestApp
        function Get-AppSettings { [pscustomobject] @{ TenantId = $app.TenantId; ClientId = $app.ClientId } }
        (Get-AppOnlyToken -CertFileName $app.PfxFile -password $app.Password).access_token | Should -Match '^eyJ'
        @(Get-MailboxSettingsReport $working[0..9] -CertFileName $app.PfxFile -password $app.Password).Count | Should -Be 10
    }

    It 'goes on with a journal whose process was killed' {
        $journal = Join-Path $TestDrive 'killed.db'
        $result = Invoke-Script @"
Import-Module '$ModulePath'
Import-Module '$PSScriptRoot/TestHelper.psm1'
Connect-ExRun -TenantId '$TenantId' -ClientId '$ClientId' -ClientSecret (ConvertTo-Secret '$ClientSecretText')
`$given = 0
Get-TestMailbox -Working | Get-MailboxSettingsReport -Journal '$journal' | ForEach-Object {
    if (++`$given -eq 50) { 'begun'; [System.Diagnostics.Process]::GetCurrentProcess().Kill(); [System.Threading.Thread]::Sleep(-1) }
}
'not reached'
"@
        $result.Text | Should -Not -Match 'not reached'
        [void] (Invoke-Emulator -Method POST -What reset)
        $rows = @(Get-MailboxSettingsReport $working -Journal $journal)
        $rows.MailboxName | Should -Be $working
        (Get-ExRunLastRun).Recalled | Should -BeGreaterOrEqual 50
    }

    It 'takes a path as Windows has it: <Name>' -ForEach @(
        @{ Name = 'of a drive, with slashes'; Path = { "$($folder.Replace('\', '/'))/report.csv" } }
        @{ Name = 'of a drive, in other letters'; Path = { "$($folder.ToUpperInvariant())\report.csv" } }
        @{ Name = 'of this folder'; Path = { 'report.csv' } }
        @{ Name = 'of the folder above'; Path = { '..\work\report.csv' } }
        @{ Name = 'of the root of this drive'; Path = { $folder.Substring(2) + '\report.csv' } }
        @{ Name = 'of a device'; Path = { "\\?\$folder\report.csv" } }
    ) {
        $folder = [System.IO.Directory]::CreateDirectory((Join-Path ([System.IO.Path]::GetTempPath()) "exrun $([char] 0xe4) $([guid]::NewGuid().ToString('N'))\work")).FullName
        Push-Location -LiteralPath $folder
        try {
            Get-MailboxSettingsReport $working[0..4] -OutFile (& $Path)
            @(Import-Csv -LiteralPath (Join-Path $folder 'report.csv')).Count | Should -Be 5
        } finally {
            Pop-Location
            [System.IO.Directory]::Delete((Split-Path $folder), $true)
        }
    }

    It 'says that the folder of a report is not there, or is a file' {
        { Get-MailboxSettingsReport $working[0] -OutFile (Join-Path $TestDrive 'gone\report.csv') } | Should -Throw -ErrorId 'ExRun.File,Get-MailboxSettingsReport'
        $file = Join-Path $TestDrive 'a-file'
        [System.IO.File]::WriteAllText($file, '')
        { Get-MailboxSettingsReport $working[0] -OutFile (Join-Path $file 'report.csv') } | Should -Throw -ErrorId 'ExRun.File,Get-MailboxSettingsReport'
    }

    It 'takes files with the line ends of Windows' {
        $list = Join-Path $TestDrive 'list.csv'
        [System.IO.File]::WriteAllText($list, "MailboxName`r`n" + ($working[0..9] -join "`r`n") + "`r`n", [System.Text.UTF8Encoding]::new($true))
        $rows = @(Import-Csv $list | Get-MailboxSettingsReport)
        $rows.MailboxName | Should -Be $working[0..9]
        @([System.IO.File]::ReadAllLines($list) | Select-Object -Skip 1 | Get-MailboxSettingsReport).Count | Should -Be 10
        # A report that an editor has given them is compared as it was.
        $file = Join-Path $TestDrive 'ends.csv'
        Get-MailboxSettingsReport $working[0..9] -OutFile $file
        $text = [System.IO.File]::ReadAllText($file)
        [System.IO.File]::WriteAllText("$file.crlf.csv", $text.Replace("`r`n", "`n").Replace("`n", "`r`n"))
        @(Compare-ExRunReport $file "$file.crlf.csv").Count | Should -Be 0
    }

    It 'knows a mailbox by its umlaut in a console of the code page 1252' {
        $umlaut = @($working | Where-Object { $_ -match '[^\x00-\x7f]' })[0]
        $umlaut | Should -Not -BeNullOrEmpty
        $before = [System.Console]::OutputEncoding
        $file = Join-Path $TestDrive 'umlaut.csv'
        try {
            [System.Console]::OutputEncoding = [System.Text.Encoding]::GetEncoding(1252)
            $row = Get-MailboxSettingsReport $umlaut
            Get-MailboxSettingsReport $umlaut -OutFile $file
            { Get-MailboxSettingsReport "x$umlaut" -ErrorAction Stop } | Should -Throw -ExpectedMessage "*x$umlaut*"
        } finally {
            [System.Console]::OutputEncoding = $before
        }
        $row.MailboxName | Should -Be $umlaut
        $row.TimeZone | Should -Not -BeNullOrEmpty
        (Import-Csv -LiteralPath $file -Encoding utf8).MailboxName | Should -Be $umlaut
    }

    It 'works where a policy trusts it, in a session that stays constrained, and is refused in words where none does' -Skip:(-not $hasPolicy) {
        $list = $working[0..4].Replace("'", "''") -join "','"
        $script = @"
"mode: `$(`$ExecutionContext.SessionState.LanguageMode)"
try { Import-Module '$ModulePath' -ErrorAction Stop } catch { "`$_"; exit 3 }
Connect-ExRun -TenantId '$TenantId' -ClientId '$ClientId' -ClientSecret (ConvertTo-SecureString '$ClientSecretText' -AsPlainText -Force)
`$rows = @('$list' | Get-MailboxSettingsReport)
"rows: `$(`$rows.Count), with a time zone: `$(@(`$rows | Where-Object TimeZone).Count)"
"mode: `$(`$ExecutionContext.SessionState.LanguageMode)"
"@
        $folder = Split-Path (Split-Path (Split-Path $ModulePath)) -NoQualifier
        $trusted = Invoke-Script -Environment @{ EXRUN_LOCKDOWN = $folder } $script
        $trusted.Text | Should -Match '(?s)mode: ConstrainedLanguage.*rows: 5, with a time zone: 5\s+mode: ConstrainedLanguage'
        $trusted.ExitCode | Should -Be 0 -Because $trusted.Text
        $other = Invoke-Script -Environment @{ EXRUN_LOCKDOWN = '\nowhere' } $script
        $other.Text | Should -Match '(?s)mode: ConstrainedLanguage.*calls a native library.*policy trust the module''s files'
        $other.ExitCode | Should -Be 3 -Because $other.Text
    }
}
