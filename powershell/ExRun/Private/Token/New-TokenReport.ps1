# The roles that a piece of work needs: of each list, one will do.
$script:NeededRoles = @{
    MailboxSettingsReport = @(, @('MailboxSettings.Read', 'MailboxSettings.ReadWrite'))
    MailboxSettingsChange = @(, @('MailboxSettings.ReadWrite'))
    MailboxList           = @(, @('User.Read.All', 'User.ReadWrite.All', 'Directory.Read.All', 'Directory.ReadWrite.All'))
}

function New-TokenReport {
    <#
    .SYNOPSIS
        What Test-ExRunToken says of a token.
    #>
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)] [object] $AccessToken,
        [Parameter(Mandatory = $true)] [string] $For,
        [string[]] $Role = @()
    )

    $findings = [System.Collections.Generic.List[string]]::new()
    $claims = $null
    $kind = 'no token'
    $reading = Invoke-Attempt { Read-Token -Token $AccessToken }
    if ($null -eq $reading.Failure) {
        $claims = $reading.Value.claims
        $kind = 'app'
    } else {
        if ($reading.Failure.Data['name'] -ne 'TokenInvalid') { Stop-Attempt $reading.Failure }
        $findings.Add($reading.Failure.Message)
        if ($reading.Failure.Message -match 'opaque') { $kind = 'opaque' }
        if ($reading.Failure.Message -match 'encrypted token') { $kind = 'encrypted' }
    }
    $value = { param([string[]] $Name) Get-MemberValue -InputObject $claims -Name $Name }
    $scopes = [string[]] @(([string] (& $value 'scp')) -split ' ' | Microsoft.PowerShell.Core\Where-Object { $_ })
    if ($null -ne $claims -and ($scopes.Count -gt 0 -or (& $value 'idtyp') -eq 'user')) { $kind = 'person' }
    $roles = [string[]] @(foreach ($claim in (& $value 'roles')) { if ($claim) { $claim } })

    $needed = @($script:NeededRoles[$For]) + @(foreach ($name in $Role) { , @($name) })
    $missing = [string[]] @()
    if ($null -ne $claims) {
        $has = @($roles) + @($scopes)
        $missing = [string[]] @(foreach ($choice in $needed) {
                if (-not ($choice | Microsoft.PowerShell.Core\Where-Object { $has -contains $_ })) { $choice[0] }
            })
    }
    $expiresOn = ConvertFrom-EpochSecond -Second (& $value 'exp')
    $isExpired = $(if ($null -ne $expiresOn) { $expiresOn -le [datetime]::Now })
    $validFrom = ConvertFrom-EpochSecond -Second (& $value 'nbf')
    # Services bear with clocks that are five minutes apart.
    $isEarly = $null -ne $validFrom -and $validFrom -gt [datetime]::Now.AddMinutes(5)
    $audience = [string] (& $value 'aud')
    $isForGraph = $audience -match '^(https://)?(graph\.microsoft\.(com|us)|dod-graph\.microsoft\.us|microsoftgraph\.chinacloudapi\.cn)/?$' -or
        $audience -eq '00000003-0000-0000-c000-000000000000'

    if ($null -ne $claims) {
        if ($isExpired) { $findings.Add('it expired at {0:u}; get a new one' -f $expiresOn.ToUniversalTime()) }
        if ($isEarly) { $findings.Add('it is not valid before {0:u}; check the clock of this machine' -f $validFrom.ToUniversalTime()) }
        if ($null -eq $expiresOn) { $findings.Add('it does not say when it ends') }
        if (-not $isForGraph) { $findings.Add("it is for '$audience', not for Microsoft Graph: ask for the resource https://graph.microsoft.com") }
        if ($kind -eq 'person') {
            foreach ($name in $missing) { $findings.Add("${name}: not in the token; ask the person for it with -Scope of Connect-ExRun") }
            # The delegated permissions of these names are for the mailbox of whoever has signed in, whatever the roles.
            if ($For -like 'MailboxSettings*') { $findings.Add("it is a person's, and reaches the settings of the own mailbox only: for others sign in as an app") }
        } else {
            foreach ($name in $missing) { $findings.Add("${name}: not in the token; may be granted by RBAC for Applications") }
        }
    }
    return [pscustomobject] [ordered] @{
        Kind       = $kind
        # A role that no token shows does not stand against it.
        IsUsable   = $null -ne $claims -and -not $isExpired -and -not $isEarly -and $isForGraph
        Audience   = $audience
        IsForGraph = $isForGraph
        TenantId   = & $value 'tid'
        ClientId   = & $value 'appid', 'azp'
        AppName    = & $value 'app_displayname'
        Account    = & $value 'upn', 'preferred_username', 'unique_name'
        Roles      = $roles
        Scopes     = $scopes
        IssuedOn   = ConvertFrom-EpochSecond -Second (& $value 'iat')
        ExpiresOn  = $expiresOn
        ExpiresIn  = $(if ($null -ne $expiresOn) { $expiresOn - [datetime]::Now })
        IsExpired  = [bool] $isExpired
        Needed     = [string[]] @($needed | Microsoft.PowerShell.Core\ForEach-Object { $_ -join ' or ' })
        Missing    = $missing
        Finding    = [string[]] $findings
    }
}
