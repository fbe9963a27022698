BeforeAll {
    Import-Module "$PSScriptRoot/TestHelper.psm1" -Force
    Import-ExRun
    $app = Initialize-TestApp
    $plain = @(Get-TestMailbox -Working | Where-Object { $_ -match '^[a-z.0-9]+@contoso\.com$' })[0..2]
    Connect-ExRun -TenantId $app.TenantId -ClientId $app.ClientId -CertificatePath $app.PfxFile -Password $app.Password
    function Get-Sent { @((Invoke-Emulator -What state).byMailbox.PSObject.Properties).Count }
    # A file as others write it, read as Import-Csv reads it.
    function Read-File {
        param([string[]] $Line, [hashtable] $Reading = @{})
        $file = Join-Path $TestDrive 'mailboxes.csv'
        [System.IO.File]::WriteAllText($file, ($Line -join "`r`n") + "`r`n", [System.Text.UTF8Encoding]::new($true))
        Import-Csv -LiteralPath $file @Reading
    }
}

AfterAll { Disconnect-ExRun }

Describe 'Columns of input objects' {
    It 'are understood: <Column>' -ForEach @(
        @{ Column = 'User Principal Name' }
        @{ Column = 'user_principal_name' }
        @{ Column = 'Email address' }
        @{ Column = 'E-mail Address' }
        @{ Column = 'Primary email' }
        @{ Column = 'WindowsEmailAddress' }
        @{ Column = 'ExternalDirectoryObjectId' }
        @{ Column = 'Identity' }
        @{ Column = "$([char] 0xfeff)MailboxName" }
        @{ Column = "$([char] 0xfeff)`"MailboxName`"" }
    ) {
        $objects = @($plain | ForEach-Object { [pscustomobject] @{ 'Display name' = 'Kim Example'; $Column = $_ } })
        $rows = @(Get-MailboxSettingsReport -Mailboxes $objects)
        $rows.MailboxName | Should -Be $plain
        $rows.TimeZone | Should -Not -Contain $null
        @($objects | Get-MailboxSettingsReport).MailboxName | Should -Be $plain
        # With something of the object beside its name, and of a hashtable.
        $rows = @($objects | Invoke-ExRunMailboxRequest -Path { if ($_.'Display name') { 'mailboxSettings' } })
        $rows.MailboxName | Should -Be $plain
        @(@{ $Column = $plain[0] } | Get-MailboxSettingsReport).MailboxName | Should -Be $plain[0]
    }

    It 'keep their order of preference' {
        $object = [pscustomobject] @{ Identity = 'x@contoso.com'; 'Primary email' = 'x@contoso.com'; Id = 'x@contoso.com'; 'Email address' = $plain[0] }
        ($object | Get-MailboxSettingsReport).MailboxName | Should -Be $plain[0]
        $object = [pscustomobject] @{ 'E-mail Address' = 'x@contoso.com'; EmailAddress = $plain[0] }
        ($object | Get-MailboxSettingsReport).MailboxName | Should -Be $plain[0]
    }

    It 'are found in objects of another kind than the first' {
        $objects = [pscustomobject] @{ Mail = $plain[0] }, [pscustomobject] @{ 'User Principal Name' = $plain[1] }, $plain[2]
        ($objects | Get-MailboxSettingsReport).MailboxName | Should -Be $plain
        ($objects[2, 1, 0] | Get-MailboxSettingsReport).MailboxName | Should -Be $plain[2, 1, 0]
    }

    It 'pass over an Identity that is neither an address nor an id: <Text>' -ForEach @(
        @{ Text = 'Kim Example' }
        @{ Text = 'kim@contoso.com\Inbox' }
    ) {
        $object = [pscustomobject] @{ Identity = $Text }
        $rows = @($object, [pscustomobject] @{ Identity = $plain[0] } | Get-MailboxSettingsReport -ErrorAction SilentlyContinue -ErrorVariable failure)
        $rows.Count | Should -Be 2
        $rows[1].TimeZone | Should -Not -BeNullOrEmpty
        $failure.Count | Should -Be 1
        "$failure" | Should -BeLike "*Identity is '$Text', which is neither an address nor an id*"
    }
}

Describe 'A command that takes one mailbox' {
    BeforeAll {
        # Whatever has a mailbox from the pipeline, and is no run.
        $single = @((Get-Module ExRun).ExportedFunctions.Values | Where-Object {
                $parameter = $_.Parameters['MailboxName']
                $null -ne $parameter -and @($parameter.ParameterSets.Values | Where-Object { $_.ValueFromPipeline }).Count -gt 0
            })
    }

    It 'knows the mailbox of an object by the same columns as a run' {
        $single.Count | Should -Be 6
        $members = & (Get-Module ExRun) { Import-PrivateFunction; $script:IdentityMembers }
        foreach ($command in $single) {
            @('MailboxName') + $command.Parameters['MailboxName'].Aliases | Sort-Object | Should -Be ($members | Sort-Object)
            foreach ($column in @($members) + 'User Principal Name', 'user_principal_name', 'Email address', 'E-mail Address', 'Primary email', "$([char] 0xfeff)MailboxName") {
                $failure = $null
                $object = [pscustomobject] @{ 'Display name' = 'Kim Example'; $column = $plain[0] }
                $read = @($object, $object | & $command -ErrorAction SilentlyContinue -ErrorVariable failure)
                $failure | Should -BeNullOrEmpty -Because "$command, $column"
                $read.Count | Should -Be 2 -Because "$command, $column"
            }
            @(@{ 'User Principal Name' = $plain[0] } | & $command).Count | Should -Be 1
        }
    }

    It 'fails one object that names none, with a text as its error, and goes on' {
        foreach ($command in $single) {
            $objects = [pscustomobject] @{ Name = 'x' }, [pscustomobject] @{ Identity = 'Kim Example' }, [pscustomobject] @{ Mail = $plain[0] }, $plain[1]
            $read = @($objects | & $command -ErrorAction SilentlyContinue -ErrorVariable failure)
            $read.Count | Should -Be 2 -Because $command
            $failure.FullyQualifiedErrorId | Should -Be @("ExRun.InvalidArgument,$command", "ExRun.InvalidArgument,$command")
            "$($failure[0])" | Should -BeLike '*names no mailbox: it has none of MailboxName, *'
            "$($failure[1])" | Should -BeLike "*Identity is 'Kim Example', which is neither an address nor an id*"
        }
    }

    It 'reads a name that is given, whatever $_ is around it' {
        $plain[1] | ForEach-Object { Get-MailboxTimeZone $plain[0] } | Should -Not -BeNullOrEmpty
        { Get-MailboxTimeZone -Identity $plain[0] -ErrorAction Stop } | Should -Not -Throw
    }
}

Describe 'Input without a column that names a mailbox' {
    BeforeEach { [void] (Invoke-Emulator -Method POST -What reset) }

    It 'is one error that says how to read the file: <Hint>' -ForEach @(
        @{ Lines = 'MailboxName;Note', '{0};x', '{1};y'; Reading = @{}; There = 'MailboxName;Note'; Hint = "-Delimiter ';'" }
        @{ Lines = 'sep=;', 'MailboxName;Note', '{0};x', '{1};y'; Reading = @{}; There = 'sep=;'; Hint = "Select-Object -Skip 1 | ConvertFrom-Csv -Delimiter ';'" }
        @{ Lines = 'sep=;', 'MailboxName;Note', '{0};x', '{1};y'; Reading = @{ Delimiter = ';'; WarningAction = 'SilentlyContinue' }; There = 'sep='; Hint = "Select-Object -Skip 1 | ConvertFrom-Csv -Delimiter ';'" }
        @{ Lines = "MailboxName`tNote", "{0}`tx", "{1}`ty"; Reading = @{}; There = 'MailboxName'; Hint = '-Delimiter "`t"' }
        @{ Lines = 'MailboxName,Note', '{0},x', '{1},y'; Reading = @{ Delimiter = ';' }; There = 'MailboxName,Note'; Hint = "-Delimiter ','" }
        @{ Lines = 'Display name,Department', '{0},x', '{1},y'; Reading = @{}; There = 'Display name, Department'; Hint = 'rename the column' }
    ) {
        $rows = @(Read-File -Line @($Lines | ForEach-Object { $_ -f $plain }) -Reading $Reading)
        $rows.Count | Should -BeGreaterOrEqual 2
        foreach ($command in @(
                { $rows | Get-MailboxSettingsReport }
                { Get-MailboxSettingsReport -Mailboxes $rows }
                { Get-MailboxSettingsReport -Mailboxes @(, $rows) }
                { $rows | Set-ExRunMailboxSettings -TimeZone UTC }
                { $rows | Invoke-ExRunMailboxRequest -Path '{MailboxName}' }
                { $rows | Invoke-ExRunMailboxRequest -Path { 'mailboxSettings' } }
            )) {
            $emitted = [System.Collections.Generic.List[object]]::new()
            $thrown = $null
            try { & $command | ForEach-Object { $emitted.Add($_) } } catch { $thrown = $_ }
            $thrown | Should -Not -BeNullOrEmpty
            $thrown.FullyQualifiedErrorId | Should -BeLike 'ExRun.InvalidArgument,*'
            $thrown.Exception.Message.Contains($There) | Should -BeTrue -Because $thrown.Exception.Message
            $thrown.Exception.Message.Contains($Hint) | Should -BeTrue -Because $thrown.Exception.Message
            $emitted.Count | Should -Be 0
        }
        Get-Sent | Should -Be 0
    }

    It 'is an error of its row among others' {
        $objects = [pscustomobject] @{ MailboxName = $plain[0] }, [pscustomobject] @{ Name = 'x' }, [pscustomobject] @{ MailboxName = $plain[1] }
        $rows = @($objects | Get-MailboxSettingsReport -ErrorAction SilentlyContinue -ErrorVariable failure)
        $rows.Count | Should -Be 3
        $failure.Count | Should -Be 1
        $rows[2].TimeZone | Should -Not -BeNullOrEmpty
    }
}
