BeforeAll {
    Import-Module "$PSScriptRoot/TestHelper.psm1" -Force
    Import-ExRun
    $app = Initialize-TestApp
    Connect-ExRun -TenantId $app.TenantId -ClientId $app.ClientId -CertificatePath $app.PfxFile -Password $app.Password
    $working = @(Get-TestMailbox -Working)

    # How many writes the emulator has seen since the last reset.
    function Get-Written { (Invoke-Emulator -What state).writesByMailbox.PSObject.Properties | ForEach-Object { $_.Value } | Measure-Object -Sum | ForEach-Object { [int] $_.Sum } }

    # Some people, in a file as Outlook exports it.
    function New-PeopleFile {
        param([string] $Name, [int] $Number = 3, [string] $JobTitle = 'Clerk')
        $path = Join-Path $TestDrive $Name
        1..$Number | ForEach-Object {
            [pscustomobject] @{ 'Employee Id' = "E$_"; 'First Name' = 'Kim'; 'Last Name' = "Number $_"; 'E-mail Address' = "kim$_@contoso.com"; 'Job Title' = $JobTitle }
        } | Export-Csv $path -NoTypeInformation
        return $path
    }
}

AfterAll { Disconnect-ExRun }

Describe 'Sync-ExRunContact' {
    BeforeEach { [void] (Invoke-Emulator -Method POST -What reset) }

    It 'brings the people of a file into a folder, once, and takes back' {
        $people = New-PeopleFile 'people.csv'
        $undo = Join-Path $TestDrive 'undo.jsonl'
        $sync = @{ Contacts = $people; KeyProperty = 'EmployeeId'; Folder = 'Staff'; Confirm = $false }
        $rows = @($working[0..1] | Sync-ExRunContact @sync -UndoPlan $undo)
        @($rows | Where-Object Change -eq 'Create').Count | Should -Be 8
        @($rows.Outcome | Select-Object -Unique) | Should -Be @('Done')
        @(Get-ExRunContact $working[0] -Folder Staff).Name | Should -Be @('Kim Number 1', 'Kim Number 2', 'Kim Number 3')

        [void] (Invoke-Emulator -Method POST -What reset)
        @($working[0..1] | Sync-ExRunContact @sync).Count | Should -Be 0
        Get-Written | Should -Be 0

        $sync.Contacts = New-PeopleFile 'people.csv' -Number 2 -JobTitle 'Chief'
        $rows = @($working[0] | Sync-ExRunContact @sync -Maximum 10)
        ($rows | Group-Object Change | Sort-Object Name | ForEach-Object { '{0} {1}' -f $_.Count, $_.Name }) | Should -Be @('2 Change', '1 Remove')
        @(Invoke-ExRunPlan $undo -Maximum 100 -Confirm:$false | Where-Object MailboxName -eq $working[1]).Outcome | Select-Object -Unique | Should -Be @('Done')
        @(Get-ExRunContact $working[1] -Folder Staff).Count | Should -Be 0
    }

    It 'shows with WhatIf what would be done, and does nothing' {
        $rows = @(Sync-ExRunContact $working[0] -Contacts (Import-Csv (New-PeopleFile 'whatif.csv')) -KeyProperty 'Employee Id' -Folder WhatIf -WhatIf)
        $rows.Key | Should -Be @('WhatIf/', 'E1', 'E2', 'E3')
        $rows[1].To.givenName | Should -Be 'Kim'
        ($rows | Format-Table | Out-String) | Should -BeLike '*contacts WhatIf/*'
        Get-Written | Should -Be 0
    }

    It 'needs a maximum where something goes' {
        $sync = @{ KeyProperty = 'Employee Id'; Folder = 'Shrinks'; Confirm = $false }
        $null = Sync-ExRunContact $working[0] -Contacts (New-PeopleFile 'more.csv' -Number 2) @sync
        $less = New-PeopleFile 'less.csv' -Number 1
        { Sync-ExRunContact $working[0] -Contacts $less @sync } | Should -Throw '*maximum*' -ErrorId 'ExRun.InvalidArgument,Sync-ExRunContact'
    }

    It 'goes on where it was cut off' {
        $sync = @{ Contacts = New-PeopleFile 'resumed.csv'; KeyProperty = 'EmployeeId'; Folder = 'Resumed'; Confirm = $false
            PlanFile = Join-Path $TestDrive 'resumed.jsonl'; Journal = Join-Path $TestDrive 'resumed.db' }
        @($working[0] | Sync-ExRunContact @sync).Count | Should -Be 4
        [void] (Invoke-Emulator -Method POST -What reset)
        @($working[0] | Sync-ExRunContact @sync).Outcome | Select-Object -Unique | Should -Be @('Done')
        Get-Written | Should -Be 0
    }

    It 'takes the people in a group' {
        $rows = @(Sync-ExRunContact $working[0] -FromGroup Sales -Folder 'Of a group' -WhatIf)
        $rows.Count | Should -BeGreaterThan 1
        $rows[1].To.emailAddresses[0].address | Should -BeLike '*@*'
    }

    It 'brings photos that files and folders have, once' {
        $pictures = Join-Path $TestDrive 'pictures'
        [void] [System.IO.Directory]::CreateDirectory($pictures)
        foreach ($number in 1, 2) { [System.IO.File]::WriteAllBytes((Join-Path $pictures "E$number.jpg"), [byte[]] (0xff, 0xd8, 0xff, $number)) }
        $sync = @{ Contacts = New-PeopleFile 'pictured.csv'; KeyProperty = 'EmployeeId'; Folder = 'Pictured'; PhotoFolder = $pictures; Confirm = $false }
        $before = @([System.IO.Directory]::GetDirectories([System.IO.Path]::GetTempPath(), '*.photos')).Count
        $rows = @(Sync-ExRunContact $working[0] @sync)
        @($rows | Where-Object Change -eq 'Change').Key | Should -Be @('E1', 'E2')
        @($rows.Outcome | Select-Object -Unique) | Should -Be @('Done')
        # What lay beside the plan has gone with it.
        @([System.IO.Directory]::GetDirectories([System.IO.Path]::GetTempPath(), '*.photos')).Count | Should -Be $before
        @(Sync-ExRunContact $working[0] @sync).Count | Should -Be 0

        # Objects, whose paths begin where one is.
        Push-Location $pictures
        try {
            $objects = @{ EmployeeId = 'E1'; 'First Name' = 'Kim'; Photo = 'E2.jpg' }
            $rows = @(Sync-ExRunContact $working[1] -Contacts $objects -KeyProperty EmployeeId -Folder Pictured -WhatIf)
        } finally { Pop-Location }
        $rows[-1].From.photo | Should -BeNullOrEmpty
        $rows[-1].To.photo | Should -Be (Get-FileHash (Join-Path $pictures 'E2.jpg') -Algorithm SHA256).Hash.ToLowerInvariant()

        $plan = Join-Path $TestDrive 'pictured.jsonl'
        $sync.Folder = 'Pictured too'
        @(Sync-ExRunContact $working[1] @sync -PlanFile $plan -Journal (Join-Path $TestDrive 'pictured.db')).Outcome | Select-Object -Unique | Should -Be @('Done')
        @([System.IO.Directory]::GetFiles((Join-Path $TestDrive 'pictured.photos'))).Count | Should -Be 2
        # Written as a script reads it.
        @(Get-Content $plan | Where-Object { $_ -like '*bodyFile*' }).Count | Should -Be 2
    }

    It 'says what is wrong: <Said>' -ForEach @(
        @{ With = @{ FromGroup = 'y'; PhotoFolder = 'z' }; Said = '*-PhotoFolder does not go with -FromGroup*' }
        @{ With = @{ Contacts = @{ Key = '1'; Name = 'Kim' }; Photos = $true }; Said = '*-Photos goes with -FromGroup alone*' }
        @{ With = @{ Contacts = @{ Key = '1'; Name = 'Kim' }; PhotoFolder = '.' }; Said = '*has the name of a key*' }
        @{ With = @{}; Said = '*-Contacts, a file or objects, or as -FromGroup*' }
        @{ With = @{ Contacts = 'x.csv'; FromGroup = 'y' }; Said = '*or as -FromGroup*' }
        @{ With = @{ FromGroup = 'y'; KeyProperty = 'z' }; Said = '*-KeyProperty does not go with -FromGroup*' }
        @{ With = @{ Contacts = @(1, 2) }; Said = '*-Contacts: must be a file, or objects*' }
        @{ With = @{ Contacts = @() }; Said = '*the list is empty*' }
        @{ With = @{ Contacts = @{ Mail = 'a@b.c'; Telefon = '1' } }; Said = '*"Telefon" is not known*' }
        @{ With = @{ Contacts = @{ Company = 'x' } }; Said = '*no key by which it is known*' }
    ) {
        { Sync-ExRunContact $working[0] -Folder Wrong -Confirm:$false @With } | Should -Throw $Said -ErrorId 'ExRun.InvalidArgument,Sync-ExRunContact'
        Get-Written | Should -Be 0
    }

    It 'says that a file is not there' {
        { Sync-ExRunContact $working[0] -Folder Wrong -Contacts (Join-Path $TestDrive 'nowhere.csv') } | Should -Throw '*nowhere.csv*' -ErrorId 'ExRun.File,Sync-ExRunContact'
    }
}

Describe 'Sync-ExRunEvent' {
    BeforeEach { [void] (Invoke-Emulator -Method POST -What reset) }

    It 'brings a roster into calendars, changes it and takes it out' {
        $roster = { param($Hour) [pscustomobject] @{ Key = 'd1'; Subject = 'Duty'; Start = "2027-03-01T$Hour"; End = '2027-03-02T06:00' }, [pscustomobject] @{ Key = 'd2'; Subject = 'Off'; Start = [datetime] '2027-03-03' } }
        $sync = @{ Name = 'Roster'; TimeZone = 'W. Europe Standard Time'; ShowAs = 'Busy'; Confirm = $false }
        @(Sync-ExRunEvent $working[0] -Events (& $roster '22:00') @sync).Outcome | Should -Be @('Done', 'Done')
        @(Sync-ExRunEvent $working[0] -Events (& $roster '22:00') @sync).Count | Should -Be 0
        $rows = @(Sync-ExRunEvent $working[0] -Events (& $roster '21:00') @sync)
        $rows.Key | Should -Be 'Roster/d1'
        $rows.Change | Should -Be 'Change'
        @(Sync-ExRunEvent $working[0] -Events @() -AllowEmpty @sync -Maximum 5).Change | Should -Be @('Remove', 'Remove')
    }

    It 'brings the holidays of an ics file into calendars' {
        $path = Join-Path $TestDrive 'holidays.ics'
        [System.IO.File]::WriteAllText($path, "BEGIN:VCALENDAR`r`nVERSION:2.0`r`nBEGIN:VEVENT`r`nUID:ny`r`nSUMMARY:New year`r`nDTSTART;VALUE=DATE:20270101`r`nRRULE:FREQ=YEARLY`r`nEND:VEVENT`r`nEND:VCALENDAR`r`n")
        { Sync-ExRunEvent $working[0] -IcsFile $path -Name Holidays } | Should -Throw '*without an end*-Until*'
        $rows = @(Sync-ExRunEvent $working[0] -IcsFile $path -Name Holidays -Until 2028-12-31 -Category Holiday -WhatIf)
        $rows.Key | Should -Be @('Holidays/ny 20270101', 'Holidays/ny 20280101')
        $rows[0].To.categories | Should -Be @('Holiday')
        $rows[0].To.showAs | Should -Be 'free'
        Get-Written | Should -Be 0
    }

    It 'says what is wrong: <Said>' -ForEach @(
        @{ With = @{}; Said = '*-Events, a file or objects, or as -IcsFile*' }
        @{ With = @{ IcsFile = 'x.ics'; KeyProperty = 'y' }; Said = '*-KeyProperty does not go with -IcsFile*' }
        @{ With = @{ Events = @{ Subject = 'x'; Start = '2027-01-01' }; Until = '2027-12-31' }; Said = '*-Until goes with -IcsFile alone*' }
        @{ With = @{ Events = @{ Subject = 'x'; Start = '2027-01-01T09:00'; End = '2027-01-01T10:00' } }; Said = '*says no time zone*' }
        @{ With = @{ Events = @{ Subject = 'x'; Start = '1/31/2027' } }; Said = '*is no day and no time*' }
        @{ With = @{ Events = @() }; Said = '*the list is empty*' }
    ) {
        { Sync-ExRunEvent $working[0] -Name Wrong -Confirm:$false @With } | Should -Throw $Said -ErrorId 'ExRun.InvalidArgument,Sync-ExRunEvent'
        Get-Written | Should -Be 0
    }
}
