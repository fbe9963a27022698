BeforeAll {
    Import-Module "$PSScriptRoot/TestHelper.psm1" -Force
    Import-ExRun
    $app = Initialize-TestApp
    Connect-ExRun -TenantId $app.TenantId -ClientId $app.ClientId -CertificatePath $app.PfxFile -Password $app.Password
    $working = Get-TestMailbox -Working
    $broken = @(Get-TestMailbox -Broken)
    $people = @($working[0..4] | ForEach-Object { [pscustomobject] @{ UserPrincipalName = $_; Given = "Name of $_"; Number = 3; Folder = 'inbox' } })

    # What was made in mailboxes since the last reset.
    function Get-Created { (Invoke-Emulator -What state).createdByMailbox.PSObject.Properties | ForEach-Object { $_.Value } | Measure-Object -Sum | ForEach-Object { [int] $_.Sum } }
}

AfterAll { Disconnect-ExRun }

Describe 'Invoke-ExRunMailboxRequest' {
    It 'gives the elements of a collection, the mailbox first' {
        $rows = @($working[0..2] | Invoke-ExRunMailboxRequest -Path 'messages?$top=5' -Select id, subject)
        $rows.Count | Should -BeGreaterThan 2
        $rows[0].PSObject.Properties.Name | Should -Be @('MailboxName', 'id', 'subject')
        $rows[0].MailboxName | Should -Be $working[0]
        $rows[0].id | Should -Not -BeNullOrEmpty
    }

    It 'asks the version that is named' {
        [void] (Invoke-Emulator -Method POST -What reset)
        (Invoke-ExRunMailboxRequest $working[0] -Path mailFolders/inbox -ApiVersion Beta).MailboxName | Should -Be $working[0]
        Invoke-ExRunMailboxRequest $working[0] -Path mailFolders/inbox -ApiVersion v1.0 | Should -Not -BeNullOrEmpty
        (Invoke-Emulator -What state).beta | Should -Be 1
    }

    It 'reaches outside of the mailbox where the input names what' {
        $groups = 1, 4 | ForEach-Object { [pscustomobject] @{ Id = "6d0b0cb4-0000-4000-a000-00000000000$_" } }
        $rows = @($groups | Invoke-ExRunMailboxRequest -OutsideMailbox -Path '/groups/{Id}/members?$select=id' -IncludeEmpty -Select id)
        @($rows | Where-Object MailboxName -eq $groups[0].Id).Count | Should -BeGreaterThan 1
        @($rows | Where-Object MailboxName -eq $groups[1].Id).id | Should -Be @($null)
        { Invoke-ExRunMailboxRequest $groups -OutsideMailbox -Path '/groups' } | Should -Throw '*the same for each line*'
    }

    It 'shows where a request outside of the mailbox would go' {
        $script = "Import-Module '$ModulePath'; 'kim@contoso.com' | Invoke-ExRunMailboxRequest -OutsideMailbox -ApiVersion beta -Path '/groups/{MailboxName}/x' -Method POST -Body @{ a = 1 } -WhatIf -AccessToken x"
        (Invoke-Script $script).Text | Should -BeLike '*https://graph.microsoft.com/beta/groups/{MailboxName}/x*'
    }

    It 'gives a mailbox without elements a row where that is wanted' {
        $none = "messages?`$filter=subject eq 'nobody wrote this'"
        @($working[0..1] | Invoke-ExRunMailboxRequest -Path $none).Count | Should -Be 0
        @($working[0..1] | Invoke-ExRunMailboxRequest -Path $none -IncludeEmpty).MailboxName | Should -Be $working[0..1]
    }

    It 'gives an object where the service answers one' {
        $row = Invoke-ExRunMailboxRequest $working[0] -Path mailboxSettings
        $row.MailboxName | Should -Be $working[0]
        $row.timeZone | Should -Not -BeNullOrEmpty
        $row.language.locale | Should -Not -BeNullOrEmpty
    }

    It 'fills members of the input into path and body' {
        $rows = @($people | Invoke-ExRunMailboxRequest -Path 'mailFolders/{Folder}' -Select displayName)
        $rows.Count | Should -Be 5
        [void] (Invoke-Emulator -Method POST -What reset)
        $made = @($people | Invoke-ExRunMailboxRequest -Method POST -Path calendars -Body @{ name = 'Duty of {Given}' })
        $made.Count | Should -Be 5
        $made[1].name | Should -Be "Duty of $($people[1].Given)"
        Get-Created | Should -Be 5
    }

    It 'takes script blocks, in which the input object is $_' {
        $suffix = 'duty'
        $made = @($people | Invoke-ExRunMailboxRequest -Method POST -Path { 'calendars' } -Body { @{ name = '{0}-{1}' -f $_.Given, $suffix } })
        $made[2].name | Should -Be "$($people[2].Given)-duty"
    }

    It 'fails a mailbox for which a script block throws, notes it once beside what the block threw, and goes on' {
        $global:Error.Clear()
        $rows = @($people | Invoke-ExRunMailboxRequest -Path { if ($_ -eq $people[1]) { throw 'no such folder' }; 'mailFolders/inbox' } -Select displayName -ErrorAction SilentlyContinue -ErrorVariable failure)
        $rows.MailboxName | Should -Be @($people[0, 2, 3, 4].UserPrincipalName)
        $failure.Count | Should -Be 1
        $failure[0].TargetObject | Should -Be $people[1].UserPrincipalName
        "$($failure[0])" | Should -BeLike '*the script block of -Path: no such folder'
        # The second knows the line in the block.
        @($global:Error | ForEach-Object { [string] $_ }) | Should -Be "$($failure[0])", 'no such folder'
        (Get-ExRunLastRun).Failed | Should -Be 1
    }

    It 'runs script blocks as their author would, whatever mode the module has' {
        $rows = @($people[0..1] | Invoke-ExRunMailboxRequest -Path { "mailFolders/inbox$noSuchVariable" } -Select displayName)
        $rows.Count | Should -Be 2
        # No path for the second.
        $rows = @($people[0..1] | Invoke-ExRunMailboxRequest -Path { if ($_ -eq $people[0]) { 'mailFolders/inbox' } } -Select displayName -ErrorAction SilentlyContinue -ErrorVariable failure)
        $rows.Count | Should -Be 1
        "$failure" | Should -Match 'not a path'
    }

    It 'knows a line in a journal by its request, so that a corrected one is sent and no other' {
        $journal = Join-Path $TestDrive 'requests.db'
        $lines = 'first', 'second' | ForEach-Object { [pscustomobject] @{ Mail = $working[0]; Name = "Calendar $_" } }
        $post = @{ Method = 'POST'; Path = 'calendars'; Body = { @{ name = $_.Name } }; Journal = $journal }
        $made = @($lines | Invoke-ExRunMailboxRequest @post)
        [void] (Invoke-Emulator -Method POST -What reset)
        $lines[0].Name = 'Calendar corrected'
        $rows = @($lines[1, 0] | Invoke-ExRunMailboxRequest @post)
        $rows.name | Should -Be @('Calendar second', 'Calendar corrected')
        $rows[0].id | Should -Be $made[1].id
        Get-Created | Should -Be 1
    }

    It 'knows a line by the property that -Key names, whatever its body is' {
        $post = @{ Method = 'POST'; Path = 'calendars'; Body = { @{ name = "$day $($_.Number)" } }; Journal = Join-Path $TestDrive 'orders.db'; Key = 'ORDER' }
        $orders = @('A1', 7, $null, 'A1') | ForEach-Object { [pscustomobject] @{ Mail = $working[0]; Order = $_; Number = "$_" } }
        $day = 'Monday'
        $rows = @($orders | Invoke-ExRunMailboxRequest @post -ErrorAction SilentlyContinue -ErrorVariable failure)
        $rows.name | Should -Be @('Monday A1', 'Monday 7')
        $failure.Count | Should -Be 2
        "$($failure[0])" | Should -Match 'ORDER is null, and is to be the key'
        "$($failure[1])" | Should -Match 'an earlier line of this mailbox has the same ORDER'
        [void] (Invoke-Emulator -Method POST -What reset)
        $day = 'Tuesday'
        $orders = @(7, 'A2', 'A1') | ForEach-Object { [pscustomobject] @{ Mail = $working[0]; Order = $_; Number = "$_" } }
        (@($orders | Invoke-ExRunMailboxRequest @post)).name | Should -Be @('Monday 7', 'Tuesday A2', 'Monday A1')
        Get-Created | Should -Be 1
    }

    It 'says of an object without the property of -Key which it is' {
        $null = [pscustomobject] @{ Mail = $working[0] } | Invoke-ExRunMailboxRequest -Method POST -Path calendars -Body @{ name = 'x' } -Journal (Join-Path $TestDrive 'none.db') -Key Order -ErrorAction SilentlyContinue -ErrorVariable failure
        "$($failure[0])" | Should -BeLike '*-Key reads $_.Order, which is not there; there are Mail*'
    }

    It 'refuses -Key for mailboxes that the library finds: <Name>' -ForEach @(@{ Name = 'All'; Value = $true }, @{ Name = 'Group'; Value = 'Sales' }) {
        $found = @{ $Name = $Value }
        { Invoke-ExRunMailboxRequest @found -Path messages -Key Order -Journal (Join-Path $TestDrive 'found.db') } |
            Should -Throw -ErrorId 'ExRun.InvalidArgument,Invoke-ExRunMailboxRequest' -ExpectedMessage "-Key goes with -Mailboxes*$Name*"
    }

    It 'wants a journal with -Key' {
        { Invoke-ExRunMailboxRequest $working[0] -Path messages -Key Order } | Should -Throw -ErrorId 'ExRun.InvalidArgument,Invoke-ExRunMailboxRequest' -ExpectedMessage '-Key needs -Journal'
    }

    It 'takes a body as JSON text' {
        $made = Invoke-ExRunMailboxRequest $working[0] -Method POST -Path calendars -Body '{"name":"As text"}'
        $made.name | Should -Be 'As text'
    }

    It 'refuses a body that is no JSON, and notes it once' {
        $global:Error.Clear()
        { Invoke-ExRunMailboxRequest $working[0] -Method POST -Path calendars -Body 'name=x' } | Should -Throw -ErrorId 'ExRun.InvalidArgument,Invoke-ExRunMailboxRequest'
        $global:Error.Count | Should -Be 1
        $null = $working[0] | Invoke-ExRunMailboxRequest -Method POST -Path calendars -Body { 'name=x' } -ErrorAction SilentlyContinue
        $global:Error.Count | Should -Be 2
        "$($global:Error[0])" | Should -Match 'the script block of -Body: the body is text, and not JSON'
    }

    It 'takes headers whose values are no text, and the names that Invoke-RestMethod and Select-Object have' {
        $row = Invoke-ExRunMailboxRequest $working[0] mailboxSettings -Headers @{ 'X-Number' = 5; 'X-List' = 'a', 'b' } -Property timeZone
        $row.PSObject.Properties.Name | Should -Be @('MailboxName', 'timeZone')
        $row.timeZone | Should -Not -BeNullOrEmpty
    }

    It 'takes a body with an empty object in it' {
        Invoke-ExRunMailboxRequest $working[0] -Method POST -Path calendars -Body '{"name": "x", "colour": { }}' -ErrorAction SilentlyContinue -ErrorVariable failure
        $failure[0].FullyQualifiedErrorId | Should -Be 'ExRun.Service,Invoke-ExRunMailboxRequest'
    }

    It 'gives an error for each mailbox that fails, and goes on' {
        $rows = @(@($working[0], $broken[0], $working[1]) | Invoke-ExRunMailboxRequest -Path mailboxSettings -Select timeZone -ErrorAction SilentlyContinue -ErrorVariable failure)
        $rows.MailboxName | Should -Be @($working[0], $working[1])
        $failure.Count | Should -Be 1
        $failure[0].TargetObject | Should -Be $broken[0]
        $failure[0].FullyQualifiedErrorId | Should -BeLike 'ExRun.*,Invoke-ExRunMailboxRequest'
        $rows = @(@($working[0], $broken[0]) | Invoke-ExRunMailboxRequest -Path mailboxSettings -Select timeZone -IncludeError -ErrorAction SilentlyContinue)
        $rows[1].MailboxName | Should -Be $broken[0]
        $rows[1].ErrorCode | Should -Not -BeNullOrEmpty
    }

    It 'says what it would send, and sends nothing' {
        [void] (Invoke-Emulator -Method POST -What reset)
        $people | Invoke-ExRunMailboxRequest -Method POST -Path calendars -Body @{ name = 'x' } -WhatIf | Should -BeNullOrEmpty
        Get-Created | Should -Be 0
    }

    It 'heeds WhatIf of a function that calls it' {
        [void] (Invoke-Emulator -Method POST -What reset)
        function Send-Carefully { $WhatIfPreference = $true; $people | Invoke-ExRunMailboxRequest -Method POST -Path calendars -Body @{ name = 'x' } }
        Send-Carefully | Should -BeNullOrEmpty
        Get-Created | Should -Be 0
    }

    It 'counts what it would send, null and blank entries among them: <Given>' -ForEach @(
        @{ Given = "'kim@contoso.com', `$null, '' |"; Count = '3 mailboxes' }
        @{ Given = "'kim@contoso.com' |"; Count = '1 mailbox' }
    ) {
        $result = Invoke-Script "Import-Module '$ModulePath'; $Given Invoke-ExRunMailboxRequest -Method POST -Path calendars -Body @{ name = 'x' } -WhatIf -AccessToken x"
        $result.Text | Should -BeLike "*POST calendars*`"$Count`"*"
    }

    It 'sends a POST once, journal or not' {
        [void] (Invoke-Emulator -Method POST -What reset)
        $journal = Join-Path $TestDrive 'posts.db'
        $null = @($people | Invoke-ExRunMailboxRequest -Method POST -Path calendars -Body @{ name = 'once' } -Journal $journal)
        $null = @($people | Invoke-ExRunMailboxRequest -Method POST -Path calendars -Body @{ name = 'once' } -Journal $journal)
        Get-Created | Should -Be 5
    }

    It 'looks up a POST whose answer is lost: <Name>' -ForEach @(
        @{ Name = 'a hashtable'; Verify = @{ Path = 'messages/{Id}'; Done = 'NotFound' } }
        @{ Name = 'a script block'; Verify = { @{ path = "messages/$($_.Id)"; done = 'notFound' } } }
        @{ Name = 'a script block with a name in it'; Verify = { @{ Path = 'messages/{Id}'; Done = 'NotFound' } } }
    ) {
        $made = @($working[0..1] | Invoke-ExRunMailboxRequest -Method POST -Path messages -Body @{ subject = 'gone' })
        $messages = @($made | ForEach-Object { [pscustomobject] @{ UserPrincipalName = $_.MailboxName; Id = $_.id } })
        [void] (Invoke-Emulator -Method POST -What reset)
        Set-EmulatorFault @{ kind = 'write'; method = 'POST'; times = 1; action = @{ status = 504; body = ''; carryOut = $true } }
        try {
            $rows = @($messages | Invoke-ExRunMailboxRequest -Method POST -Path 'messages/{Id}/permanentDelete' -Verify $Verify)
        } finally {
            Set-EmulatorFault
        }
        $rows.StatusCode | Should -Be @(404, 404)
        (Invoke-Emulator -What state).posts | Should -Be 2
    }

    It 'refuses a look-up that is none: <_>' -ForEach 'messages/1', @{ Path = 'x' }, @{ Path = 'x'; Done = 'Gone' }, @{ Path = 'x'; Done = 'Found'; More = 1 }, @{ Path = '../x'; Done = 'Found' } {
        { Invoke-ExRunMailboxRequest $working[0] -Method POST -Path calendars -Body @{ name = 'x' } -Verify $_ } | Should -Throw -ErrorId 'ExRun.InvalidArgument,Invoke-ExRunMailboxRequest'
    }

    It 'refuses a look-up of what is no POST' {
        { Invoke-ExRunMailboxRequest $working[0] -Path messages -Verify @{ Path = 'x'; Done = 'Found' } } | Should -Throw -ErrorId 'ExRun.InvalidArgument,Invoke-ExRunMailboxRequest'
    }

    It 'refuses a path that leaves the mailbox: <_>' -ForEach 'https://graph.microsoft.com/v1.0/users', '../other/messages', '/users/x', '%2e%2e/x' {
        { Invoke-ExRunMailboxRequest $working[0] -Path $_ -ErrorAction Stop } | Should -Throw -ErrorId 'ExRun.InvalidArgument,Invoke-ExRunMailboxRequest'
    }

    It 'refuses a body of a GET, and a script block where the library lists' {
        { Invoke-ExRunMailboxRequest $working[0] -Path messages -Body @{ a = 1 } } | Should -Throw -ErrorId 'ExRun.InvalidArgument,Invoke-ExRunMailboxRequest'
        { Invoke-ExRunMailboxRequest -All -Path { 'messages' } } | Should -Throw -ErrorId 'ExRun.InvalidArgument,Invoke-ExRunMailboxRequest'
    }

    It 'works over all mailboxes into a file' {
        $file = Join-Path $TestDrive 'inboxes.csv'
        Invoke-ExRunMailboxRequest -All -Top 20 -Path 'mailFolders/inbox' -Select displayName, totalItemCount -OutFile $file -ErrorAction SilentlyContinue
        $rows = @(Import-Csv $file)
        $rows.Count | Should -BeGreaterThan 10
        $rows[0].PSObject.Properties.Name | Should -Be @('MailboxName', 'displayName', 'totalItemCount')
    }
}

Describe 'Answers of Invoke-ExRunMailboxRequest that are files' {
    BeforeAll {
        $folder = Join-Path $TestDrive 'photos'
        $bytes = [byte[]] (255, 216, 255, 1)
        [void] ($working[0, 2] | Invoke-ExRunMailboxRequest -Method PUT -Path 'photo/$value' -Body { @{ '@base64' = [Convert]::ToBase64String($bytes) } } -Header @{ 'Content-Type' = 'image/jpeg' } -Confirm:$false)
    }

    It 'are called by their mailbox, and say what they are' {
        $rows = @($working[0..2] | Invoke-ExRunMailboxRequest -Path 'photo/$value' -OutFolder $folder -IncludeEmpty)
        $rows[0].PSObject.Properties.Name | Should -Be 'MailboxName', 'File', 'Bytes', 'Sha256', 'ContentType'
        $rows[0].File | Should -Be "$($working[0].ToLowerInvariant()).jpg"
        [System.IO.File]::ReadAllBytes((Join-Path $folder $rows[0].File)) | Should -Be $bytes
        $rows[0].Bytes | Should -Be 4
        $rows[1].File | Should -BeNullOrEmpty
        (Get-FileHash (Join-Path $folder $rows[2].File)).Hash | Should -Be $rows[2].Sha256
    }

    It 'are fetched again only where they are missing' {
        $journal = Join-Path $TestDrive 'photos.db'
        $first = @($working[0, 2] | Invoke-ExRunMailboxRequest -Path 'photo/$value' -OutFolder $folder -Journal $journal)
        [System.IO.File]::Delete((Join-Path $folder $first[1].File))
        [void] (Invoke-Emulator -Method POST -What reset)
        @($working[0, 2] | Invoke-ExRunMailboxRequest -Path 'photo/$value' -OutFolder $folder -Journal $journal).Sha256 | Should -Be $first.Sha256
        @((Invoke-Emulator -What state).byMailbox.PSObject.Properties).Count | Should -Be 1
        Join-Path $folder $first[1].File | Should -Exist
    }

    It 'need a folder, and the error says so' {
        [void] ($working[0] | Invoke-ExRunMailboxRequest -Path 'photo/$value' -ErrorAction SilentlyContinue -ErrorVariable failure)
        "$($failure[0]) $($failure[0].ErrorDetails)" | Should -BeLike '*image/jpeg*-OutFolder*'
    }
}

Describe 'Steps of Invoke-ExRunMailboxRequest' {
    BeforeAll {
        $steps = @(
            @{ Name = 'find'; Path = 'mailFolders?$filter=displayName eq ''Steps of {Given}''&$select=id' }
            @{ Name = 'make'; Method = 'post'; Path = 'mailFolders'; Body = @{ displayName = 'Steps of {Given}' }; Unless = '{find.value[0].id}' }
            [pscustomobject] @{ Name = 'read'; Path = 'mailFolders/{make.id|find.value[0].id}?$select=displayName' }
        )
    }

    It 'take values of the input and of the steps before them' {
        $rows = @($people[0..1] | Invoke-ExRunMailboxRequest -Steps $steps -Select displayName -Confirm:$false)
        $rows.Step | Should -Be 'find', 'make', 'read', 'find', 'make', 'read'
        $rows[0].PSObject.Properties.Name | Should -Be 'MailboxName', 'Step', 'Outcome', 'StatusCode', 'Items', 'displayName'
        $rows[1].StatusCode | Should -Be 201
        $rows[5].displayName | Should -Be "Steps of $($people[1].Given)"
        $rows = @($people[0] | Invoke-ExRunMailboxRequest -Steps $steps -Confirm:$false)
        $rows.Outcome | Should -Be 'Done', 'Skipped', 'Done'
    }

    It 'say at which one a mailbox failed, and what was done' {
        [void] ($people[0] | Invoke-ExRunMailboxRequest -Steps @($steps[0], @{ Name = 'gone'; Path = 'mailFolders/none' }) -ErrorAction SilentlyContinue -ErrorVariable failure)
        "$($failure[0])" | Should -BeLike '*step gone (2 of 2; done before: find), GET mailFolders/none for*'
    }

    It 'are all shown before they are done' {
        [void] (Invoke-Emulator -Method POST -What reset)
        $text = (Invoke-Script "Import-Module '$ModulePath'; 'kim@contoso.com', 'lee@contoso.com' | Invoke-ExRunMailboxRequest -Steps @{ Name = 'find'; Path = 'messages' }, @{ Name = 'act'; Method = 'DELETE'; Path = 'messages/{each.id}'; ForEach = '{find.value}' } -WhatIf -AccessToken x").Text
        $text | Should -BeLike '*2 steps: find: GET https://graph.microsoft.com/v1.0/users/kim@contoso.com/messages; act: DELETE https://graph.microsoft.com/v1.0/users/kim@contoso.com/messages/{each.id} for each of {find.value}; and likewise for 1 more*'
    }

    It 'are refused where they are none, or are mixed with a single request' {
        { $people | Invoke-ExRunMailboxRequest -Steps $steps -Path messages } | Should -Throw '*-Path does not go with -Steps*'
        { $people | Invoke-ExRunMailboxRequest } | Should -Throw '*give -Path, or several requests with -Steps*'
        { $people | Invoke-ExRunMailboxRequest -Steps @{ Name = 'a'; Paht = 'x' } } | Should -Throw '*give hashtables such as*'
        { $people | Invoke-ExRunMailboxRequest -Steps @{ Name = 'a'; Path = { 'x' } } } | Should -Throw '*cannot be a script block*'
        { $people | Invoke-ExRunMailboxRequest -Steps @{ Name = 'a'; Path = 'messages'; Header = 'Prefer: x' } } | Should -Throw '*Header of a step is no hashtable*'
        { $people | Invoke-ExRunMailboxRequest -Steps @{ Name = 'a'; Path = 'messages/{a.id}' } } | Should -Throw '*does not come before it*'
    }
}
