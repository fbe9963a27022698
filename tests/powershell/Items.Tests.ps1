BeforeDiscovery {
    $reports = @(
        @{ Command = 'Get-ExRunInboxRule'; Columns = 'MailboxName,Name,Sequence,IsEnabled,Conditions,Exceptions,Actions,ForwardTo,IsExternal,ExternalTo,HasError,IsReadOnly,RuleId,ItemCount,Item'; Busy = 9; Number = 12; Empty = 0; View = 'ExRun.InboxRule' }
    )
}

BeforeAll {
    Import-Module "$PSScriptRoot/TestHelper.psm1" -Force
    Import-ExRun
    $app = Initialize-TestApp
    Connect-ExRun -TenantId $app.TenantId -ClientId $app.ClientId -CertificatePath $app.PfxFile -Password $app.Password
    $all = @(Get-TestMailbox)
    $working = @(Get-TestMailbox -Working)
    $broken = @(Get-TestMailbox -Broken)
    # One that can be read, whose number leaves this rest: what a mailbox holds follows from its number.
    function Find-Mailbox {
        param([int] $Rest, [int] $Of = 20)
        for ($index = $Rest; $index -lt $all.Count; $index += $Of) { if ($working -contains $all[$index]) { return $all[$index] } }
    }
}

AfterAll { Disconnect-ExRun }

Describe '<Command>' -ForEach $reports {
    It 'gives a row for each item, and with IncludeEmpty one for a mailbox without any' {
        $busy = Find-Mailbox $Busy
        $rows = @(& $Command $busy)
        $rows.Count | Should -Be $Number
        foreach ($row in $rows) {
            $row.PSObject.Properties.Name -join ',' | Should -BeExactly $Columns
            $row.MailboxName | Should -Be $busy
            $row.ItemCount | Should -Be $Number
            $row.PSObject.TypeNames[0] | Should -Be $View
        }
        if ($null -eq $Empty) { return }
        $nothing = Find-Mailbox $Empty
        & $Command $nothing | Should -BeNullOrEmpty
        $row = & $Command $nothing -IncludeEmpty
        $row.PSObject.Properties.Name -join ',' | Should -BeExactly $Columns
        $row.ItemCount | Should -Be 0
        $row.Name | Should -BeNullOrEmpty
    }

    It 'keeps the columns of a table in every culture, and reads as one' {
        foreach ($culture in 'en-US', 'de-DE', 'tr-TR', 'ar-SA') {
            $before = [System.Threading.Thread]::CurrentThread.CurrentCulture
            try {
                [System.Threading.Thread]::CurrentThread.CurrentCulture = [cultureinfo]::new($culture)
                $file = Join-Path $TestDrive "$Command.$culture.csv"
                & $Command (Find-Mailbox $Busy) -Property ($Columns -split ',' | Where-Object { $_ -ne 'Item' }) | Export-Csv -NoTypeInformation -Path $file -Delimiter ','
                $own = Join-Path $TestDrive "$Command.$culture.own.csv"
                & $Command (Find-Mailbox $Busy) -OutFile $own
            } finally {
                [System.Threading.Thread]::CurrentThread.CurrentCulture = $before
            }
            $rows = @(Import-Csv $file)
            $rows.Count | Should -Be $Number
            $rows[0].PSObject.Properties.Name -join ',' | Should -BeExactly ($Columns -replace ',Item$', '')
            $rows[0].ItemCount | Should -Be "$Number"
            # The library's own table is the same one.
            $others = @(Import-Csv $own)
            $others.Count | Should -Be $Number
            $others[0].PSObject.Properties.Name -join ',' | Should -BeExactly ($Columns -replace ',Item$', '')
        }
    }

    It 'writes an error for a mailbox that cannot be read, and goes on' {
        $rows = @($broken[0], (Find-Mailbox $Busy) | & $Command -ErrorAction SilentlyContinue -ErrorVariable failure)
        $rows.Count | Should -Be $Number
        @($failure).Count | Should -Be 1
        $failure[0].TargetObject | Should -Be $broken[0]
    }

    It 'finds the mailboxes itself, to a file' {
        $file = Join-Path $TestDrive "$Command.all.jsonl"
        & $Command -All -IncludeEmpty -OutFile $file -Journal (Join-Path $TestDrive "$Command.db") -ErrorAction SilentlyContinue
        $rows = @(Get-Content $file | ConvertFrom-Json)
        @($rows.MailboxName | Sort-Object -Unique).Count | Should -Be $all.Count
        (Get-ExRunLastRun).Command | Should -Be $Command
    }

    It 'says where a property is none' {
        { & $Command $working[0] -Property Subject -ErrorAction Stop } | Should -Throw -ExpectedMessage '*columns: "Subject" is not one of *'
        @((TabExpansion2 "$Command -Property ItemC").CompletionMatches.CompletionText) | Should -Be 'ItemCount'
    }

    It 'is shown as a table' {
        $shown = & $Command (Find-Mailbox $Busy) | Out-String -Width 160
        $shown | Should -Match '(?m)^MailboxName +'
        $shown | Should -Not -Match 'ItemCount'
    }
}

Describe 'Get-ExRunInboxRule' {
    It 'tells whom rules send messages on to' {
        $outside = Get-ExRunInboxRule (Find-Mailbox 7) -ForwardingOnly
        $outside.IsExternal | Should -BeTrue
        $outside.ExternalTo | Should -BeLike 'drop*@collector.example'
        $outside.Conditions | Should -Be "subject contains 'INVOICE', 'PAYMENT'"
        @($outside.Item.conditions.subjectContains) | Should -Be 'INVOICE', 'PAYMENT'
        (Get-ExRunInboxRule (Find-Mailbox 17) -ForwardingOnly).IsExternal | Should -BeFalse
        (Get-ExRunInboxRule (Find-Mailbox 8) -ForwardingOnly).IsExternal | Should -BeNullOrEmpty
        (Get-ExRunInboxRule (Find-Mailbox 17) -ForwardingOnly -InternalDomain fabrikam.com).IsExternal | Should -BeTrue
        Get-ExRunInboxRule (Find-Mailbox 9) -ForwardingOnly | Should -BeNullOrEmpty
        (Get-ExRunInboxRule (Find-Mailbox 9) -ForwardingOnly -IncludeEmpty).ItemCount | Should -Be 12
    }
}
