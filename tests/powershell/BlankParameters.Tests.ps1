# A credential, or a name of whom a command acts for, that is given and is null or blank is a variable that is empty by
# mistake: every command refuses it by name, and none takes the connection that is there in its place.

BeforeDiscovery {
    Import-Module "$PSScriptRoot/TestHelper.psm1" -Force
    $commands = (Import-PowerShellDataFile $ModulePath).FunctionsToExport | Where-Object { $_ -ne 'Get-AppSettings' } | ForEach-Object { @{ Command = $_ } }
}

BeforeAll {
    Import-Module "$PSScriptRoot/TestHelper.psm1" -Force
    Import-ExRun
    $app = Initialize-TestApp
    $common = [System.Management.Automation.PSCmdlet]::CommonParameters + [System.Management.Automation.PSCmdlet]::OptionalCommonParameters
    $refused = & (Get-Module ExRun) { , $script:NeverBlank }

    # What every other parameter is, each looked at: blank it says how or what, and never as whom.
    $mayBeBlank = @(
        # What is done, to which mailboxes, files or objects; blank ones are refused or fail where they are none.
        'Mailboxes', 'MailboxName', 'Path', 'Method', 'Body', 'Verify', 'Steps', 'Select', 'Header', 'All', 'Filter', 'Top', 'Group', 'IncludeWithoutMailbox', 'Property', 'Settings', 'Restore'
        'TimeZone', 'Locale', 'DateFormat', 'TimeFormat', 'WorkingDays', 'WorkingHoursStart', 'WorkingHoursEnd', 'WorkingHoursTimeZone', 'AutomaticReplyStatus'
        'AutomaticReplyStart', 'AutomaticReplyEnd', 'ExternalAudience', 'InternalReplyMessage', 'ExternalReplyMessage', 'DelegateMeetingMessageDeliveryOptions'
        'IfDifferent', 'UndoFile', 'PlanFile', 'UndoPlan', 'AuditFile', 'Head', 'Maximum', 'AllowNull', 'AllowWholeMailbox', 'OutsideMailbox', 'MaxConcurrency', 'AsCompleted', 'Shard', 'Journal', 'RetryFailed', 'RetryUnknown', 'StopAfterErrors', 'OutFile', 'FailedFile', 'DefuseFormulas', 'Encoding', 'LogPath', 'IncludeError'
        'Contacts', 'FromGroup', 'PhotoFolder', 'Photos', 'KeyProperty', 'RemoveOthers', 'AllowEmpty', 'Events', 'IcsFile', 'Name', 'Category', 'Private', 'ReminderMinutes', 'ShowAs', 'Until'
        'State', 'EnableExit', 'IncludeEmpty', 'ForwardingOnly', 'InternalDomain', 'Of', 'Since', 'StartNow', 'AllCalendars', 'Sum', 'IncludeHidden', 'OldestItem', 'Folder', 'AllFolders', 'Start', 'End', 'AllRooms'
        'InternetMessageId', 'From', 'Search', 'ReceivedAfter', 'ReceivedBefore', 'AttachmentName', 'AttachmentSha256', 'IncludeInline', 'RecoverableItems', 'ListAttachments', 'Action', 'MoveTo', 'OutFolder', 'Attachments'
        'Old', 'New', 'Key', 'Ignore', 'Destination', 'value', 'Token', 'DomainName', 'For', 'Role', 'CertName', 'KeyFileName', 'ValidDays', 'DisplayName', 'Subject', 'KeepOld', 'OldThumbprint', 'WaitMinutes'
        'Vault', 'Version', 'AsPlainText', 'IgnoreValidity', 'IncludeVersions', 'Deleted', 'ApiVersion', 'PublicOnly', 'KeyStorageFlags', 'AZKeyVaultBaseUri', 'SecretName', 'CertificateName', 'ListSecrets'
        # A null password is that of a file without one, or is asked for; what Get-AppSettings may leave empty.
        'password', 'certificateFilePassword', 'VaultCertificatePassword', 'redirectUrl', 'RedirectUri', 'ResourceURL', 'ValidateForMinutes', 'Beta', 'NoCache', 'AsSecureString'
        # How to sign in, or what for.
        'Authority', 'Scope', 'SendX5c', 'ManagedIdentity', 'Environment', 'DeviceCode', 'Interactive', 'Port', 'NoBrowser', 'Cloud', 'ContinuousAccess', 'PersistTokens', 'VaultApiVersion', 'PassThru')

    # Something of the type, for parameters that are not what is tried.
    function Get-Sample {
        param([type] $Type, [string] $Name)
        switch ($Type.Name) {
            'SwitchParameter' { return $true }
            'SecureString' { return $app.Password }
            'DateTime' { return [datetime]::new(2026, 11, 1) }
            'X509Certificate2' { return $certificate }
            'Uri' { return [uri] 'https://contoso.vault.azure.net' }
        }
        if ($Name -match 'Path|File|Destination') { return Join-Path $TestDrive "none-$Name" }
        if ($Name -eq 'Vault') { return 'contoso' }
        if ($Name -eq 'Of') { return 'Contacts' }
        return 'kim@contoso.com'
    }
    $certificate = Get-TestCertificate $app
}

AfterAll { Disconnect-ExRun -All }

Describe '<Command>' -ForEach $commands {
    BeforeAll {
        $parameters = @((Get-Command $Command).Parameters.Values | Where-Object { $_.Name -notin $common })
    }

    It 'has no parameter of which nobody has said whether it may be blank' {
        foreach ($parameter in $parameters) { ($refused.Contains($parameter.Name) -or $parameter.Name -in $mayBeBlank) | Should -BeTrue -Because "-$($parameter.Name) of $Command" }
    }

    It 'refuses blank ones by name, and asks nobody' {
        foreach ($parameter in $parameters) {
            if (-not $refused.Contains($parameter.Name)) { continue }
            Disconnect-ExRun -All
            Connect-ExRun -TenantId $app.TenantId -ClientId $app.ClientId -ClientSecret (ConvertTo-Secret $ClientSecretText)
            [void] (Invoke-Emulator -Method POST -What reset)
            $sets = $parameter.ParameterSets.Keys
            $set = @($sets)[0]
            if ($set -eq '__AllParameterSets') { $set = (Get-Command $Command).DefaultParameterSet }
            $arguments = @{}
            foreach ($other in $parameters) {
                $attributes = foreach ($name in $set, '__AllParameterSets') { if ($name -and $other.ParameterSets.ContainsKey($name)) { $other.ParameterSets[$name] } }
                if (@($attributes | Where-Object IsMandatory).Count -gt 0) { $arguments[$other.Name] = Get-Sample -Type $other.ParameterType -Name $other.Name }
            }
            # So that a parameter of several sets is of one.
            if ($Command -in 'Get-RESTAzKeyVaultSecret' -and $parameter.Name -eq 'Connection') { $arguments['SecretName'] = 'app-secret' }
            if ($Command -eq 'Get-RESTAzKeyVaultSecret' -and $parameter.Name -in 'ClientID', 'ClientSecret', 'TenantID') { $arguments['ClientID'] = 'x'; $arguments['ClientSecret'] = 'x'; $arguments['TenantID'] = 'contoso.com' }
            if ($Command -in 'Get-ExRunVaultSecret', 'Get-ExRunVaultCertificate' -and $parameter.Name -ne 'Name') { $arguments['Name'] = 'app-secret'; $arguments['Vault'] = 'contoso' }
            if ((Get-Command $Command).Parameters.ContainsKey('Confirm')) { $arguments['Confirm'] = $false }
            $values = [System.Collections.Generic.List[object]]::new()
            $values.Add($null)
            if ($parameter.ParameterType -in [string], [object], [psobject], [string[]]) { $values.Add(''); $values.Add('  ') }
            if ($parameter.ParameterType -eq [securestring]) { $values.Add([securestring]::new()) }
            foreach ($value in $values) {
                $arguments[$parameter.Name] = $value
                $said = $null
                try { $null = & $Command @arguments -ErrorAction Stop } catch { $said = "$_" }
                $because = "-$($parameter.Name) '$value' of ${Command}: $said"
                $said | Should -Match "(-$($parameter.Name) is given, and is null or blank|parameter '$($parameter.Name)')" -Because $because
            }
            $requests = (Invoke-Emulator -What state).requests
            foreach ($kind in 'graph', 'token', 'vault', 'identity') { if ($requests.PSObject.Properties[$kind]) { $requests.$kind | Should -Be 0 -Because "-$($parameter.Name) of $Command" } }
        }
    }
}

Describe 'A blank token of the pipeline' {
    It 'is refused, too' {
        Connect-ExRun -TenantId $app.TenantId -ClientId $app.ClientId -ClientSecret (ConvertTo-Secret $ClientSecretText)
        { $null | Test-ExRunToken -ErrorAction Stop } | Should -Throw '*-AccessToken is given*'
        { [pscustomobject] @{ Name = '' } | Get-ExRunVaultSecret -Vault contoso -ErrorAction Stop } | Should -Throw '*-Name is given*'
    }
}
