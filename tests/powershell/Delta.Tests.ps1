BeforeAll {
    Import-Module "$PSScriptRoot/TestHelper.psm1" -Force
    Import-ExRun
    $app = Initialize-TestApp
    Connect-ExRun -TenantId $app.TenantId -ClientId $app.ClientId -CertificatePath $app.PfxFile -Password $app.Password
    $all = @(Get-TestMailbox)
    $working = @(Get-TestMailbox -Working)

    # Puts a message into the inbox of a mailbox.
    function Add-Message {
        param([string] $Mailbox, [string] $Subject)
        $body = @{ mailboxes = @([array]::IndexOf($all, $Mailbox)); message = @{ subject = $Subject } }
        [void] (Invoke-Emulator -Method POST -What plant -Body $body)
    }
}

AfterAll { Disconnect-ExRun }

Describe 'Get-ExRunMailboxDelta' {
    BeforeEach {
        $since = Join-Path $TestDrive ([guid]::NewGuid().ToString('N') + '.db')
        $inbox = @{ Of = 'Messages'; Folder = 'inbox'; Since = $since }
    }

    It 'gives what is there, and then what changed alone' {
        $mailbox = $working[0..2]
        $first = @($mailbox | Get-ExRunMailboxDelta @inbox)
        @($first | Select-Object -ExpandProperty Change -Unique) | Should -Be 'Present'
        @($first.ReadAnew | Select-Object -Unique) | Should -Be 'First'
        @($first.MailboxName | Select-Object -Unique) | Should -Be $mailbox
        $first[0].PSObject.TypeNames[0] | Should -Be 'ExRun.MailboxChange'
        $first[0].PSObject.Properties.Name -join ',' | Should -BeExactly 'MailboxName,Change,ReadAnew,Reason,Folder,Subject,From,FromName,Received,InternetMessageId,HasAttachments,IsRead,MessageId,FolderId,ItemCount,Item'
        @($mailbox | Get-ExRunMailboxDelta @inbox).Count | Should -Be 0

        Add-Message $mailbox[1] 'New since'
        $rows = @($mailbox | Get-ExRunMailboxDelta @inbox -IncludeEmpty)
        $rows.MailboxName | Should -Be $mailbox
        $rows.ItemCount | Should -Be 0, 1, 0
        $rows[1].Change | Should -Be 'AddedOrChanged'
        $rows[1].Subject | Should -Be 'New since'
        $rows[1].Item.subject | Should -Be 'New since'
        ($rows | Format-Table | Out-String -Width 160) | Should -Match 'AddedOrChanged .*New since'
    }

    It 'tells again what Select-Object cut short' {
        $mailbox = $working[3]
        $number = @(Get-ExRunMailboxDelta $mailbox -Of Messages -Folder inbox -Since "$since.other").Count
        @(Get-ExRunMailboxDelta $mailbox @inbox | Select-Object -First 1).Count | Should -Be 1
        @(Get-ExRunMailboxDelta $mailbox @inbox).Count | Should -Be $number
        @(Get-ExRunMailboxDelta $mailbox @inbox).Count | Should -Be 0
    }

    It 'reads a mailbox anew whose link has expired, and says so' {
        $mailbox = $working[4..5]
        $number = @($mailbox | Get-ExRunMailboxDelta @inbox | Where-Object MailboxName -eq $mailbox[1]).Count
        $body = @{ mailboxes = @([array]::IndexOf($all, $mailbox[1])) }
        [void] (Invoke-Emulator -Method POST -What expire-deltas -Body $body)
        $rows = @($mailbox | Get-ExRunMailboxDelta @inbox)
        @($rows.MailboxName | Select-Object -Unique) | Should -Be $mailbox[1]
        $rows[0].Change | Should -Be 'Reset'
        @($rows | Where-Object Change -eq 'Present').Count | Should -Be $number
        @($rows.ReadAnew | Select-Object -Unique) | Should -Be 'Expired'
    }

    It 'begins without rows where that is asked for' {
        $mailbox = $working[6]
        @(Get-ExRunMailboxDelta $mailbox -Of Contacts -Since $since -AllFolders -StartNow).Count | Should -Be 0
        Invoke-ExRunMailboxRequest $mailbox -Method POST -Path contacts -Body @{ givenName = 'Ada'; surname = 'Byron' } -Confirm:$false | Out-Null
        (Get-ExRunMailboxDelta $mailbox -Of Contacts -Since $since -AllFolders -StartNow).Name | Should -Be 'Ada Byron'
    }

    It 'follows the events of a period' {
        $mailbox = $working[7]
        $december = @{ Of = 'Events'; Start = [datetime]::new(2026, 12, 1, 0, 0, 0, 'Utc'); End = [datetime]::new(2027, 1, 1, 0, 0, 0, 'Utc'); Since = $since }
        $null = @(Get-ExRunMailboxDelta $mailbox @december)
        $event = @{ subject = 'Review'; start = @{ dateTime = '2026-12-10T09:00:00'; timeZone = 'UTC' }; end = @{ dateTime = '2026-12-10T10:00:00'; timeZone = 'UTC' } }
        Invoke-ExRunMailboxRequest $mailbox -Method POST -Path events -Body $event -Confirm:$false | Out-Null
        $row = Get-ExRunMailboxDelta $mailbox @december
        $row.Subject | Should -Be 'Review'
        $row.Start | Should -BeLike '2026-12-10T09:00:00*'
        { Get-ExRunMailboxDelta $mailbox -Of Events -Since "$since.other" } | Should -Throw '*start: changes of events*' -ErrorId 'ExRun.InvalidArgument,Get-ExRunMailboxDelta'
    }

    It 'refuses the file of another choice' {
        $null = @(Get-ExRunMailboxDelta $working[8] @inbox)
        { Get-ExRunMailboxDelta $working[8] -Of Contacts -Since $since } | Should -Throw '*of was "messages" and is now "contacts"*' -ErrorId 'ExRun.JournalMismatch,Get-ExRunMailboxDelta'
    }

    It 'writes to a file what it would have emitted, once' {
        $file = Join-Path $TestDrive 'changes.csv'
        $mailbox = $working[9]
        Get-ExRunMailboxDelta $mailbox @inbox -OutFile $file | Should -BeNullOrEmpty
        @(Import-Csv $file).Count | Should -BeGreaterThan 0
        @(Import-Csv $file)[0].Change | Should -Be 'Present'
        @(Get-ExRunMailboxDelta $mailbox @inbox).Count | Should -Be 0
    }
}
