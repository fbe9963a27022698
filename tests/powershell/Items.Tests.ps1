BeforeDiscovery {
    $reports = @(
        @{ Command = 'Get-ExRunInboxRule'; Columns = 'MailboxName,Name,Sequence,IsEnabled,Conditions,Exceptions,Actions,ForwardTo,IsExternal,ExternalTo,HasError,IsReadOnly,RuleId,ItemCount,Item'; Busy = 9; Number = 12; Empty = 0; View = 'ExRun.InboxRule' }
        @{ Command = 'Get-ExRunCategory'; Columns = 'MailboxName,Name,Color,ColorName,CategoryId,ItemCount,Item'; Busy = 9; Number = 14; Empty = 0; View = 'ExRun.Category' }
        @{ Command = 'Get-ExRunCalendarPermission'; Columns = 'MailboxName,Calendar,Name,Address,Role,IsExternal,IsRemovable,AllowedRoles,PermissionId,ItemCount,Item'; Busy = 3; Number = 3; Empty = $null; View = 'ExRun.CalendarPermission' }
        @{ Command = 'Get-ExRunMailFolder'; Columns = 'MailboxName,Path,Name,Items,Unread,SizeInBytes,ChildFolders,IsHidden,OldestItem,FolderId,ItemCount,Item'; Busy = 2; Number = 7; Empty = $null; View = 'ExRun.MailFolder' }
        @{ Command = 'Get-ExRunContact'; Columns = 'MailboxName,Folder,Name,Address,OtherAddresses,CompanyName,Department,JobTitle,BusinessPhones,MobilePhone,Categories,ContactId,ItemCount,Item'; Busy = 4; Number = 4; Empty = 0; View = 'ExRun.Contact' }
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

Describe 'Get-ExRunMailFolder' {
    It 'sums up what a mailbox holds' {
        $mailbox = Find-Mailbox 2
        $folders = @(Get-ExRunMailFolder $mailbox -OldestItem)
        $folders.Path | Should -Contain 'Inbox/Level 1/Level 2/Level 3'
        $sum = Get-ExRunMailFolder $mailbox -Sum -OldestItem
        $sum.PSObject.Properties.Name -join ',' | Should -BeExactly 'MailboxName,Folders,Items,Unread,SizeInBytes,LargestFolder,LargestFolderSize,OldestItem,ItemCount'
        $sum.Folders | Should -Be $folders.Count
        $sum.PSObject.TypeNames[0] | Should -Be 'ExRun.MailFolderSum'
        $sum.SizeInBytes | Should -Be ($folders | Measure-Object SizeInBytes -Sum).Sum
        $sum.OldestItem | Should -Be @($folders.OldestItem | Where-Object { $_ } | Sort-Object)[0]
        @(Get-ExRunMailFolder $mailbox -IncludeHidden).Count | Should -Be ($folders.Count + 1)
    }
}

Describe 'Get-ExRunContact' {
    It 'reads one folder, or all' {
        $mailbox = Find-Mailbox 3 60
        $own = @(Get-ExRunContact $mailbox -Folder company)
        $own.Count | Should -Be 2
        $own[0].Folder | Should -Be 'Company'
        @(Get-ExRunContact $mailbox -AllFolders).Count | Should -Be (@(Get-ExRunContact $mailbox).Count + 2)
        { Get-ExRunContact $mailbox -AllFolders -Folder x -ErrorAction Stop } | Should -Throw -ExpectedMessage '*do not go together*'
    }
}

Describe 'Get-ExRunCalendarPermission' {
    It 'reads every calendar where that is asked for' {
        $mailbox = Find-Mailbox 3
        @((Get-ExRunCalendarPermission $mailbox -AllCalendars).Calendar | Sort-Object -Unique) | Should -Be 'Calendar'
        (Get-ExRunCalendarPermission $mailbox | Where-Object IsExternal).Address | Should -BeLike 'guest*@collector.example'
    }
}

Describe 'Get-ExRunRoomUse' {
    It 'sums up what rooms are booked for' {
        $rooms = @(Get-ExRunRoomUse -AllRooms -Start ([datetime]::new(2026, 11, 2, 0, 0, 0, [System.DateTimeKind]::Utc)) -End ([datetime]::new(2026, 11, 9, 0, 0, 0, [System.DateTimeKind]::Utc)) -ErrorAction SilentlyContinue)
        $rooms.Count | Should -BeGreaterThan 0
        $rooms[0].PSObject.Properties.Name -join ',' | Should -BeExactly 'MailboxName,From,To,Meetings,HoursBooked,LongestHours,AllDay,Organizers,Cancelled,DeclinedByAll,NoShowHours,ItemCount'
        $rooms[0].PSObject.TypeNames[0] | Should -Be 'ExRun.RoomUse'
        foreach ($room in $rooms) {
            $room.Meetings | Should -Be 10
            $room.HoursBooked | Should -Be 15
            $room.From | Should -Be '2026-11-02T00:00:00Z'
        }
        $one = Get-ExRunRoomUse $rooms[0].MailboxName -Start ([datetime]::new(2026, 11, 2, 12, 0, 0, [System.DateTimeKind]::Utc)) -End ([datetime]::new(2026, 11, 2, 14, 0, 0, [System.DateTimeKind]::Utc))
        $one.HoursBooked | Should -Be 1
        { Get-ExRunRoomUse $working[0] -Start 2026-11-02 -End 2026-11-02 -ErrorAction Stop } | Should -Throw -ExpectedMessage '*later than start*'
    }
}
