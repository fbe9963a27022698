# Nothing where something was meant: what is refused is not sent. The emulator counts.

BeforeAll {
    Import-Module "$PSScriptRoot/TestHelper.psm1" -Force
    Import-ExRun
    $app = Initialize-TestApp
    Connect-ExRun -TenantId $app.TenantId -ClientId $app.ClientId -CertificatePath $app.PfxFile -Password $app.Password
    $working = Get-TestMailbox -Working
    $zones = @("Mail,TimeZone", "$($working[0]),UTC", "$($working[1]),UTC" | ConvertFrom-Csv)

    # How many requests about mailboxes, and how many of them writes, the emulator has seen since the last reset.
    function Get-Sent {
        param([switch] $Write)
        $state = Invoke-Emulator -What state
        $counts = if ($Write) { $state.writesByMailbox } else { $state.byMailbox }
        $sum = 0
        foreach ($count in $counts.PSObject.Properties) { $sum += $count.Value }
        return $sum
    }
}

AfterAll { Disconnect-ExRun }

Describe 'What a script block gives' {
    BeforeEach { [void] (Invoke-Emulator -Method POST -What reset) }

    It 'is not sent where it reads a member that is not there: <Block>' -ForEach @(
        @{ Block = { @{ timeZone = $_.Zone } } }
        @{ Block = { @{ timeZone = $PSItem.Zone } } }
        @{ Block = { @{ timeZone = "$($_.Zone)" } } }
        @{ Block = { @{ timeZone = ($_).Zone.Trim() } } }
        @{ Block = { @{ workingHours = @{ timeZone = @{ name = $_.'Zone' } } } } }
        @{ Block = { if ($_.Zone) { @{ timeZone = $_.Zone } } else { @{ timeZone = 'UTC' } } } }
    ) {
        $rows = @($zones | Set-ExRunMailboxSettings -Settings $Block -ErrorAction SilentlyContinue -ErrorVariable failure)
        $rows.Outcome | Should -Be @('Failed', 'Failed')
        $failure.Count | Should -Be 2
        $failure[0].TargetObject | Should -Be $working[0]
        "$($failure[0])" | Should -BeLike '*-Settings reads $_.Zone, which is not there; there are Mail, TimeZone*'
        Get-Sent | Should -Be 0
    }

    It 'fails its mailbox by name where it is no JSON: <Name>' -ForEach @(@{ Name = 'not a number'; Value = [double]::NaN }, @{ Name = 'infinite'; Value = [double]::PositiveInfinity }) {
        $item = [pscustomobject] @{ Mail = $working[0]; Share = $Value }
        $null = $item | Invoke-ExRunMailboxRequest -Method POST -Path calendars -Body { [ordered] @{ name = 'x'; share = $_.Share } } -ErrorAction SilentlyContinue -ErrorVariable failure
        $null = $item | Invoke-ExRunMailboxRequest -Method POST -Path calendars -Body @{ name = '{Share}' } -ErrorAction SilentlyContinue -ErrorVariable +failure
        $failure.TargetObject | Should -Be @($working[0], $working[0])
        "$($failure[0])" | Should -BeLike '*the script block of -Body*'
        Get-Sent | Should -Be 0
    }

    It 'is checked object by object' {
        $mixed = @([pscustomobject] @{ Mail = $working[0]; Zone = 'UTC' }, [pscustomobject] @{ Mail = $working[1] }, @{ Mail = $working[2]; zone = 'UTC' }, $working[3])
        $rows = @($mixed | Set-ExRunMailboxSettings -Settings { @{ timeZone = $_.Zone } } -ErrorAction SilentlyContinue -ErrorVariable failure)
        @($rows | Where-Object Outcome -eq Failed).MailboxName | Should -Be @($working[1], $working[3])
        "$($failure[1])" | Should -BeLike '*there are none: it is text*'
        Get-Sent -Write | Should -Be 2
    }

    It 'may look which members there are, and means something else by $_ in blocks of its own' {
        $block = {
            $zone = if ($_.PSObject.Properties['Zone']) { $_.Zone } else { 'UTC' }
            @{ timeZone = $zone; dateFormat = @('d.M.yyyy' | ForEach-Object { $_.ToString() })[0] }
        }
        @($zones | Set-ExRunMailboxSettings -Settings $block).Outcome | Should -Not -Contain 'Failed'
        $block = { try { throw 'x' } catch { $message = $_.Exception.Message }; @{ timeFormat = "HH:mm:ss$($message.Substring(1))" } }
        @($zones | Set-ExRunMailboxSettings -Settings $block).Outcome | Should -Not -Contain 'Failed'
    }

    It 'is not sent where it is null or blank: <Value>' -ForEach @(
        @{ Value = { @{ timeZone = $null } }; Part = 'timeZone is null' }
        @{ Value = { @{ timeZone = ' ' } }; Part = 'timeZone is blank' }
        @{ Value = { @{ timeZone = $undefined } }; Part = 'timeZone is null' }
        @{ Value = { @{ timeZone = 'UTC'; workingHours = @{ startTime = $null } } }; Part = 'workingHours.startTime is null' }
        @{ Value = { [pscustomobject] @{ automaticRepliesSetting = [pscustomobject] @{ internalReplyMessage = '' } } }; Part = 'internalReplyMessage is blank' }
        @{ Value = { @{ workingHours = @{ daysOfWeek = @('monday', $null) } } }; Part = 'daysOfWeek`[1`] is null' }
        @{ Value = { '{"timeZone": null}' }; Part = 'timeZone is null' }
        @{ Value = { @{} }; Part = 'asks for nothing' }
        @{ Value = { }; Part = 'what it gave is null' }
    ) {
        $rows = @($zones | Set-ExRunMailboxSettings -Settings $Value -ErrorAction SilentlyContinue -ErrorVariable failure)
        $rows.Outcome | Should -Be @('Failed', 'Failed')
        "$($failure[0])" | Should -BeLike "*$($working[0])*$Part*"
        Get-Sent | Should -Be 0
    }

    It 'is sent where null is said to be meant' {
        # The service has its own mind about some of them.
        $PSDefaultParameterValues = @{ 'Set-ExRunMailboxSettings:ErrorAction' = 'SilentlyContinue' }
        @($zones | Set-ExRunMailboxSettings -Settings { @{ dateFormat = $null } } -AllowNull).Count | Should -Be 2
        Get-Sent -Write | Should -Be 2
        @($zones | Set-ExRunMailboxSettings -Settings { @{ dateFormat = [DBNull]::Value } }).Count | Should -Be 2
        Get-Sent -Write | Should -Be 4
        $null = $zones | Set-ExRunMailboxSettings -Settings { @{ dateFormat = [DBNull]::Value; timeZone = $null } } -ErrorAction SilentlyContinue
        Get-Sent -Write | Should -Be 4
        Set-ExRunMailboxSettings $working[0] -Settings @{ dateFormat = [DBNull]::Value } | Out-Null
        Get-Sent -Write | Should -Be 5
        { Set-ExRunMailboxSettings $working[0] -Settings @{ dateFormat = $null } } | Should -Throw '*dateFormat is null*'
        Get-Sent -Write | Should -Be 5
        # Text that a parameter says for all.
        @($zones | Set-ExRunMailboxSettings -Settings { @{ timeZone = $_.TimeZone } } -ExternalReplyMessage '').Outcome | Should -Not -Contain 'Failed'
    }

    It 'takes the empty field of a table for a blank' {
        $table = [System.Data.DataTable]::new()
        [void] $table.Columns.Add('Mail')
        [void] $table.Columns.Add('Zone')
        [void] $table.Rows.Add($working[0], [DBNull]::Value)
        $null = $table.Rows | Set-ExRunMailboxSettings -Settings { @{ timeZone = $_.Zone } } -ErrorAction SilentlyContinue -ErrorVariable failure
        "$failure" | Should -BeLike '*timeZone is null (an empty field of the table)*'
        Get-Sent | Should -Be 0
    }

    It 'is no body and no path where it is null or blank: <Given>' -ForEach @(
        @{ Given = @{ Method = 'POST'; Path = 'calendars'; Body = { @{ name = $_.Name } } }; Part = '$_.Name, which is not there' }
        @{ Given = @{ Method = 'POST'; Path = 'calendars'; Body = { @{ name = $null } } }; Part = 'name is null' }
        @{ Given = @{ Method = 'POST'; Path = 'calendars'; Body = { @{ name = '' } } }; Part = 'name is blank' }
        @{ Given = @{ Method = 'POST'; Path = 'calendars'; Body = { } }; Part = 'what it gave is null' }
        @{ Given = @{ Method = 'PATCH'; Path = 'mailboxSettings'; Body = { @{} } }; Part = 'asks for nothing' }
        @{ Given = @{ Method = 'POST'; Path = 'calendars'; Body = @{ name = '{Name}' } }; Part = '$_.Name, which is not there' }
        @{ Given = @{ Method = 'DELETE'; Path = { "$undefined" } }; Part = 'not a path' }
        @{ Given = @{ Method = 'DELETE'; Path = { 'mailFolders/inbox' } }; Part = 'a folder that every mailbox has' }
        @{ Given = @{ Method = 'DELETE'; Path = { "messages/$undefined" } }; Part = 'ends in a slash' }
        @{ Given = @{ Path = { "messages?$filter=isRead eq false" } }; Part = 'single quotes' }
        @{ Given = @{ Path = 'mailFolders/{Folder}' }; Part = '$_.Folder, which is not there' }
    ) {
        $rows = @($zones | Invoke-ExRunMailboxRequest @Given -ErrorAction SilentlyContinue -ErrorVariable failure)
        $rows.Count | Should -Be 0
        $failure.Count | Should -Be 2
        "$($failure[0])" | Should -BeLike "*$($working[0])*$Part*"
        Get-Sent | Should -Be 0
    }

    It 'fills no blank of the input into a text' {
        $people = @([pscustomobject] @{ Mail = $working[0]; Name = ' ' }, [pscustomobject] @{ Mail = $working[1]; Name = $null }, [pscustomobject] @{ Mail = $working[2]; Name = 'x' })
        $made = @($people | Invoke-ExRunMailboxRequest -Method POST -Path calendars -Body @{ name = 'Duty of {Name}' } -ErrorAction SilentlyContinue -ErrorVariable failure)
        $made.Count | Should -Be 1
        $failure.Count | Should -Be 2
        Get-Sent | Should -Be 1
        @($people | Invoke-ExRunMailboxRequest -Method POST -Path calendars -Body @{ name = 'Duty of {Name}' } -AllowNull).Count | Should -Be 3
    }
}

Describe 'A path' {
    BeforeEach { [void] (Invoke-Emulator -Method POST -What reset) }

    It 'is not written to where it is more than one thing: <Method> <Path>' -ForEach @(
        foreach ($method in 'DELETE', 'PATCH', 'PUT') {
            foreach ($path in '', ' ', '?x=1', 'messages', 'mailFolders', 'mailFolders/inbox', 'mailFolders%2Finbox', 'calendar', '$ref', 'messages/', 'messages/%20') {
                @{ Method = $method; Path = $path }
            }
        }
    ) {
        $body = @{}
        if ($Method -ne 'DELETE') { $body['Body'] = @{ accountEnabled = $false } }
        { $working[0] | Invoke-ExRunMailboxRequest -Method $Method -Path $Path @body -ErrorAction Stop } | Should -Throw -ErrorId 'ExRun.InvalidArgument,Invoke-ExRunMailboxRequest'
        { Invoke-ExRunMailboxRequest $working[0..1] -Method $Method -Path $Path @body -ErrorAction Stop } | Should -Throw -ErrorId 'ExRun.InvalidArgument,Invoke-ExRunMailboxRequest'
        { Invoke-ExRunMailboxRequest -All -Top 2 -Method $Method -Path $Path @body -ErrorAction Stop } | Should -Throw -ErrorId 'ExRun.InvalidArgument,Invoke-ExRunMailboxRequest'
        { Invoke-ExRunMailboxRequest -Group Sales -Method $Method -Path $Path @body -ErrorAction Stop } | Should -Throw -ErrorId 'ExRun.InvalidArgument,Invoke-ExRunMailboxRequest'
        Get-Sent | Should -Be 0
    }

    It 'is written to where that is asked for' {
        $null = $working[0] | Invoke-ExRunMailboxRequest -Method DELETE -Path 'mailFolders/inbox' -AllowWholeMailbox -ErrorAction SilentlyContinue
        Get-Sent -Write | Should -Be 1
    }

    It 'that lost a part in double quotes is refused: <_>' -ForEach "messages?$filter=isRead eq false", "messages/$count", 'messages?', 'messages?a=1&&b=2', 'messages?$top=' {
        { $working[0] | Invoke-ExRunMailboxRequest -Path $_ -ErrorAction Stop } | Should -Throw '*single quotes*' -ErrorId 'ExRun.InvalidArgument,Invoke-ExRunMailboxRequest'
        Get-Sent | Should -Be 0
    }

    It 'is shown as the whole URL' {
        $script = "Import-Module '$ModulePath'; 'kim@contoso.com', 'lee@contoso.com' | Invoke-ExRunMailboxRequest -Method DELETE -Path {0} -WhatIf -AccessToken x"
        (Invoke-Script ($script -f "'messages/AAMk'")).Text | Should -BeLike '*https://graph.microsoft.com/v1.0/users/kim@contoso.com/messages/AAMk, and likewise for 1 more*2 mailboxes*'
        (Invoke-Script ($script -f '"$undefined"')).Text | Should -BeLike '*https://graph.microsoft.com/v1.0/users/kim@contoso.com, and likewise*'
        (Invoke-Script ($script -f '{ "messages/of-$_" }')).Text | Should -BeLike '*/users/kim@contoso.com/messages/of-kim@contoso.com, and*'
    }

    It 'has no body that is nothing: <Name>' -ForEach @(
        @{ Name = 'PATCH {}'; Given = @{ Method = 'PATCH'; Path = 'mailboxSettings'; Body = @{} } }
        @{ Name = 'PATCH {} as text'; Given = @{ Method = 'PATCH'; Path = 'mailboxSettings'; Body = '{}' } }
        @{ Name = 'PATCH without a body'; Given = @{ Method = 'PATCH'; Path = 'mailboxSettings' } }
        @{ Name = 'null'; Given = @{ Method = 'POST'; Path = 'calendars'; Body = $null } }
        @{ Name = 'blank'; Given = @{ Method = 'POST'; Path = 'calendars'; Body = ' ' } }
        @{ Name = 'null within'; Given = @{ Method = 'POST'; Path = 'calendars'; Body = @{ name = $null } } }
        @{ Name = 'null within text'; Given = @{ Method = 'POST'; Path = 'calendars'; Body = '{"name": null}' } }
    ) {
        { $working[0] | Invoke-ExRunMailboxRequest @Given -ErrorAction Stop } | Should -Throw -ErrorId 'ExRun.InvalidArgument,Invoke-ExRunMailboxRequest'
        Get-Sent | Should -Be 0
    }
}

Describe 'An input object' {
    BeforeEach { [void] (Invoke-Emulator -Method POST -What reset) }

    It 'names no mailbox by <Name>' -ForEach @(
        @{ Name = 'a list'; Make = { param($upn) [pscustomobject] @{ Mail = @($upn) } } }
        @{ Name = 'a list of several'; Make = { param($upn) [pscustomobject] @{ EmailAddress = @($upn, $upn) } } }
        @{ Name = 'an object'; Make = { param($upn) [pscustomobject] @{ EmailAddress = [pscustomobject] @{ Address = $upn } } } }
        @{ Name = 'a hashtable'; Make = { param($upn) @{ Mail = @{ Address = $upn } } } }
        @{ Name = 'what Export-Csv made of a list'; Make = { param($upn) [pscustomobject] @{ Mail = 'System.Object[]' } } }
        @{ Name = 'the text of a list'; Make = { param($upn) 'System.String[]' } }
        @{ Name = 'the text of an object'; Make = { param($upn) "@{Address=$upn}" } }
        @{ Name = 'a yes'; Make = { param($upn) [pscustomobject] @{ Id = $true } } }
    ) {
        $item = & $Make $working[0]
        $rows = @($item | Get-MailboxSettingsReport -ErrorAction SilentlyContinue -ErrorVariable failure)
        $rows.Count | Should -Be 1
        $rows[0].Locale | Should -BeNullOrEmpty
        $failure.Count | Should -Be 1
        $null = $item | Set-ExRunMailboxSettings -TimeZone UTC -ErrorAction SilentlyContinue -ErrorVariable +failure
        $null = $item | Invoke-ExRunMailboxRequest -Path '{MailboxName}' -ErrorAction SilentlyContinue -ErrorVariable +failure
        $failure.Count | Should -Be 3
        Get-Sent | Should -Be 0
    }

    It 'is named by the next property that holds an address' {
        $item = [pscustomobject] @{ PrimarySmtpAddress = @('x@contoso.com'); Mail = 'System.Object[]'; EmailAddress = [pscustomobject] @{ Address = 'y' }; Id = $working[0] }
        ($item | Get-MailboxSettingsReport).MailboxName | Should -Be $working[0]
        ($item | Invoke-ExRunMailboxRequest -Path mailboxSettings -Select timeZone).MailboxName | Should -Be $working[0]
        ([pscustomobject] @{ Mail = [System.Net.Mail.MailAddress]::new($working[0]) } | Get-MailboxSettingsReport).Locale | Should -Not -BeNullOrEmpty
    }
}

Describe 'Maximum' {
    BeforeEach { [void] (Invoke-Emulator -Method POST -What reset) }

    It 'keeps a run from beginning that is about more: <Script>' -ForEach @(
        @{ Script = { $working[0..2] | Set-ExRunMailboxSettings -DateFormat d.M.yyyy -Maximum 2 } }
        @{ Script = { Set-ExRunMailboxSettings $working[0..2] -DateFormat d.M.yyyy -Maximum 2 } }
        @{ Script = { Set-ExRunMailboxSettings -All -DateFormat d.M.yyyy -Maximum 2 } }
        @{ Script = { Set-ExRunMailboxSettings -All -Filter "startsWith(displayName,'A')" -DateFormat d.M.yyyy -Maximum 2 } }
        @{ Script = { Set-ExRunMailboxSettings -Group Sales -DateFormat d.M.yyyy -Maximum 2 } }
        @{ Script = { Set-ExRunMailboxSettings -All -DateFormat d.M.yyyy -Maximum 2 -WhatIf } }
        @{ Script = { $working[0..2] | Invoke-ExRunMailboxRequest -Method POST -Path calendars -Body @{ name = 'x' } -Maximum 2 } }
        @{ Script = { $working[0..2] | Invoke-ExRunMailboxRequest -Method POST -Path calendars -Body @{ name = 'x' } -Maximum 2 -WhatIf } }
        @{ Script = { Invoke-ExRunMailboxRequest -All -Method POST -Path calendars -Body @{ name = 'x' } -Maximum 2 } }
        @{ Script = { Invoke-ExRunMailboxRequest -Group Sales -Method POST -Path calendars -Body @{ name = 'x' } -Maximum 2 } }
    ) {
        { & $Script } | Should -Throw -ErrorId 'ExRun.InvalidArgument,*'
        Get-Sent -Write | Should -Be 0
    }

    It 'lets a run be about as many' {
        @($working[0..2] | Set-ExRunMailboxSettings -DateFormat d.M.yyyy -Maximum 3).Count | Should -Be 3
        @(Set-ExRunMailboxSettings -All -Top 3 -DateFormat d.M.yyyy -Maximum 3 -ErrorAction SilentlyContinue).Count | Should -Be 3
    }

    It 'counts of a share its own, whether the run asks first or not' {
        $run = @{ DateFormat = 'd.M.yyyy'; Shard = '1/3'; Maximum = 6; Confirm = $false }
        @($working[0..8] | Set-ExRunMailboxSettings @run).Count | Should -BeIn (1..6)
        $connect = "Import-Module '$ModulePath'; Connect-ExRun -TenantId $($app.TenantId) -ClientId $($app.ClientId) -CertificatePath '$($app.PfxFile)' -Password (ConvertTo-SecureString '$($app.PlainText)' -AsPlainText -Force)"
        $told = Invoke-Script "$connect; `$null = Set-ExRunMailboxSettings ('$(($working[0..8] -join ' ').Replace("'", "''"))' -split ' ') -DateFormat d.M.yyyy -Shard 1/3 -Maximum 6 -WhatIf"
        $told.Text | Should -BeLike '*share 1/3 of 9 mailboxes*'
    }

    It 'is not needed to be told how many there are' {
        $connect = "Import-Module '$ModulePath'; Connect-ExRun -TenantId $($app.TenantId) -ClientId $($app.ClientId) -CertificatePath '$($app.PfxFile)' -Password (ConvertTo-SecureString '$($app.PlainText)' -AsPlainText -Force)"
        $told = Invoke-Script "$connect; `$null = Set-ExRunMailboxSettings -All -Top 5 -DateFormat d.M.yyyy -WhatIf -ErrorAction SilentlyContinue; Invoke-ExRunMailboxRequest -All -Top 6 -Method POST -Path calendars -Body @{ name = 'x' } -WhatIf"
        $told.Text | Should -BeLike '*every mailbox of the tenant, 5 at most: 5 mailboxes*'
        $told.Text | Should -BeLike '*/users/{mailbox}/calendars*every mailbox of the tenant, 6 at most: 6 mailboxes*'
        Get-Sent -Write | Should -Be 0
    }
}
