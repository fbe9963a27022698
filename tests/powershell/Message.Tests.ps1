BeforeAll {
    Import-Module "$PSScriptRoot/TestHelper.psm1" -Force
    Import-ExRun
    $app = Initialize-TestApp
    Connect-ExRun -TenantId $app.TenantId -ClientId $app.ClientId -CertificatePath $app.PfxFile -Password $app.Password
    $working = @(Get-TestMailbox -Working)
    # Two of them, each with folders of its own.
    $mailboxes = $working[3..4]
}

AfterAll { Disconnect-ExRun }

Describe 'Find-ExRunMessage' {
    It 'finds messages by what is given, and says which mailboxes were read' {
        $rows = @($mailboxes | Find-ExRunMessage -Subject 'message 1' -Folder inbox -IncludeEmpty)
        ($rows.MailboxName | Select-Object -Unique) | Should -Be $mailboxes
        foreach ($row in $rows) {
            $row.PSObject.TypeNames[0] | Should -Be 'ExRun.Message'
            $row.Subject | Should -BeLike '*Message 1*'
            $row.Folder | Should -Be 'Inbox'
        }
        $id = $rows[0].InternetMessageId
        @($mailboxes | Find-ExRunMessage -InternetMessageId $id.Trim('<', '>')).MessageId | Should -Be $rows[0].MessageId
        $after = [datetime]::Parse($rows[0].Received, [cultureinfo]::InvariantCulture, 'RoundtripKind')
        @($mailboxes[0] | Find-ExRunMessage -ReceivedAfter $after -ReceivedBefore $after.AddSeconds(1)).InternetMessageId | Should -Contain $id
        @($mailboxes | Find-ExRunMessage -Search "subject:'no such thing'" -IncludeEmpty).ItemCount | Should -Be 0, 0
    }

    It 'refuses what says nothing, and a plan without an action' {
        { $mailboxes | Find-ExRunMessage -ErrorAction Stop } | Should -Throw -ExpectedMessage '*nothing says which are sought*'
        { $mailboxes | Find-ExRunMessage -Subject x -Action HardDelete -ErrorAction Stop } | Should -Throw -ExpectedMessage '*planFile*'
        { $mailboxes | Find-ExRunMessage -Subject x -Action MoveTo -PlanFile (Join-Path $TestDrive 'no.jsonl') -ErrorAction Stop } | Should -Throw -ExpectedMessage '*moveTo*'
    }

    It 'plans what is then done, proven and taken back' {
        $plan, $undo, $audit = 'plan.jsonl', 'undo.jsonl', 'audit.jsonl' | ForEach-Object { Join-Path $TestDrive $_ }
        $found = @($mailboxes | Find-ExRunMessage -Subject 'Message 2' -PlanFile $plan -Action SoftDelete)
        $found.Count | Should -BeGreaterThan 1
        { Invoke-ExRunPlan $plan -Confirm:$false -ErrorAction Stop } | Should -Throw -ExpectedMessage '*maximum*'
        $done = @(Invoke-ExRunPlan $plan -Maximum 1000 -UndoPlan $undo -AuditFile $audit -Confirm:$false)
        ($done.Outcome | Select-Object -Unique) | Should -Be 'Done'
        $done.Count | Should -Be $found.Count
        (Test-ExRunAudit $audit).IsWhole | Should -BeTrue
        @($mailboxes | Find-ExRunMessage -Subject 'Message 2').Count | Should -Be 0
        @($mailboxes | Find-ExRunMessage -Subject 'Message 2' -RecoverableItems).Count | Should -Be $found.Count
        ((Invoke-ExRunPlan $undo -Maximum 1000 -Confirm:$false).Outcome | Select-Object -Unique) | Should -Be 'Done'
        @($mailboxes | Find-ExRunMessage -Subject 'Message 2').Count | Should -Be $found.Count
    }
}

Describe 'Export-ExRunMessage' {
    It 'saves rows of a search, and their hashes are those of the files' {
        $folder = Join-Path $TestDrive 'evidence'
        $found = @($mailboxes | Find-ExRunMessage -Subject 'Message')
        $rows = @($found | Export-ExRunMessage -OutFolder $folder -Attachments)
        $rows.Count | Should -Be $found.Count
        ($rows.Outcome | Select-Object -Unique) | Should -Be 'Saved'
        foreach ($row in $rows) {
            $row.PSObject.TypeNames[0] | Should -Be 'ExRun.SavedMessage'
            (Get-FileHash (Join-Path $folder $row.File)).Hash | Should -Be $row.Sha256
        }
        $manifest = @(Get-Content (Join-Path $folder 'manifest.jsonl') | Select-Object -Skip 1 | ConvertFrom-Json)
        ($manifest.sha256 | Sort-Object) -join ' ' | Should -Be (($rows.Sha256 | Sort-Object) -join ' ')
    }

    It 'saves what is sought, and goes on with a journal' {
        $folder, $journal = 'mail', 'mail.db' | ForEach-Object { Join-Path $TestDrive $_ }
        $rows = @($mailboxes | Export-ExRunMessage -Folder inbox -Subject 'Message 1' -OutFolder $folder -Journal $journal)
        $again = @($mailboxes | Export-ExRunMessage -Folder inbox -Subject 'Message 1' -OutFolder $folder -Journal $journal)
        $again.File -join ' ' | Should -Be ($rows.File -join ' ')
        { $mailboxes | Export-ExRunMessage -Folder inbox -Subject 'Message 1' -OutFolder $folder -ErrorAction Stop } | Should -Throw -ExpectedMessage '*exists*'
    }

    It 'says of a mailbox alone that no message is meant' {
        $mailboxes[0] | Export-ExRunMessage -OutFolder (Join-Path $TestDrive 'none') -ErrorAction SilentlyContinue -ErrorVariable failed | Should -BeNullOrEmpty
        "$failed" | Should -BeLike '*has no MessageId*'
    }
}
