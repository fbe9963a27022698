function New-MailboxRequest {
    <#
    .SYNOPSIS
        What Open-Run needs for a run of arbitrary requests, from the bound parameters of Invoke-ExRunMailboxRequest;
        ends the command where they do not fit together.
    #>
    [CmdletBinding()]
    [OutputType([hashtable])]
    param(
        [Parameter(Mandatory = $true)] [System.Management.Automation.PSCmdlet] $Cmdlet,
        # The command's bound parameters.
        [Parameter(Mandatory = $true)] [System.Collections.IDictionary] $Bound
    )

    Invoke-Guarded -Cmdlet $Cmdlet -Do {
        $method = if ($Bound['Method']) { $Bound['Method'] } else { 'GET' }
        $members = @{ method = $method }
        $scripts = @{}
        if ($Bound['Steps']) {
            foreach ($name in 'Path', 'Method', 'Body', 'Verify', 'OutFolder') {
                if ($Bound.ContainsKey($name)) { Stop-Attempt (New-ExRunException -Name 'InvalidArgument' -Message "-$name does not go with -Steps, of which each is a request of its own") }
            }
            $members.Remove('method')
            $members['steps'] = @($Bound['Steps'] | Microsoft.PowerShell.Core\ForEach-Object { ConvertTo-RequestStep -Cmdlet $Cmdlet -Step $_ -Header $Bound['Header'] -AllowNull:$Bound['AllowNull'] })
            if ($Bound['AllowNull']) { $members['allowNull'] = $true }
        } elseif (-not $Bound.ContainsKey('Path')) {
            Stop-Attempt (New-ExRunException -Name 'InvalidArgument' -Message 'there is no request: give -Path, or several requests with -Steps')
        }
        if ($Bound['OutFolder']) { $members['outFolder'] = Resolve-FilePath -Cmdlet $Cmdlet -Path $Bound['OutFolder'] }
        foreach ($name in 'Path', 'Body', 'Verify') {
            if (-not $Bound.ContainsKey($name)) { continue }
            if ($Bound[$name] -is [scriptblock]) {
                $scripts['@' + $name.ToLowerInvariant()] = @{ Parameter = $name; Block = $Bound[$name]; Reads = @(Find-InputMember -Block $Bound[$name]) }
            } elseif ($name -eq 'Path') {
                $members['path'] = [string] $Bound['Path']
            } elseif ($name -eq 'Verify') {
                $members['verify'] = ConvertTo-LookUp -Verify $Bound['Verify']
            } else {
                $members['body'] = ConvertTo-RequestBody -Cmdlet $Cmdlet -Body $Bound['Body'] -Header $Bound['Header']
                if ($null -eq $members['body'] -or ($members['body'] -is [string] -and $members['body'].Trim() -eq '')) {
                    Stop-Attempt (New-ExRunException -Name 'InvalidArgument' -Message '-Body is null or blank: leave it out where no body is wanted')
                }
                if (Test-DBNull -Value $members['body'] -AllowNull:$Bound['AllowNull'] -Subject '-Body') { $members['allowNull'] = $true }
            }
        }
        if ($scripts.Count -gt 0) { Assert-InputScript -Cmdlet $Cmdlet }
        if ($method -eq 'GET' -and $Bound.ContainsKey('Body')) {
            Stop-Attempt (New-ExRunException -Name 'InvalidArgument' -Message 'a GET request has no body; give -Method POST, PATCH or PUT with -Body')
        }
        if ($Bound['ApiVersion']) { $members['apiVersion'] = $Bound['ApiVersion'].ToLowerInvariant() }
        if ($Bound['OutsideMailbox']) { $members['outsideMailbox'] = $true }
        if ($Bound['IncludeEmpty']) { $members['includeEmpty'] = $true }
        if ($Bound['AllowWholeMailbox']) { $members['allowWholeMailbox'] = $true }
        if ($Bound['Select']) { $members['select'] = $Bound['Select'] }
        if ($Bound['Header']) { $members['headers'] = ConvertTo-RequestHeader -Header $Bound['Header'] }
        if ($Bound['Key']) { $members['key'] = $Bound['Key'] }

        # The members of the input that the texts name, and the key.
        $texts = [string] $members['path']
        if ($null -ne $members['verify']) { $texts += [string] $members['verify']['path'] }
        if ($null -ne $members['body']) { $texts += ConvertTo-JsonValue -Value $members['body'] }
        $name = '[\p{L}\p{N}_@](?:[\p{L}\p{N}_\-. @]*[\p{L}\p{N}_\-.@])?'
        $pattern = '\{(' + $name + ')\}'
        $own = @()
        if ($null -ne $members['steps']) {
            $texts = ConvertTo-JsonValue -Value $members['steps']
            # What takes values of steps may name a member of the input before or after a bar.
            $pattern = '(?<=\{(?:[^{}"]*\|)?\s*)(' + $name + ')(?=\s*(?:\|[^{}"]*)?\})'
            $own = @('each') + @($members['steps'] | Microsoft.PowerShell.Core\ForEach-Object { $_['name'] })
        }
        $named = @(@([regex]::Matches($texts.Replace('{{', '').Replace('}}', ''), $pattern) |
            Microsoft.PowerShell.Core\ForEach-Object { $_.Groups[1].Value.Trim() } |
            Microsoft.PowerShell.Core\Where-Object { -not $_.Contains('.') -or $_.Split('.')[0] -notin $own }) + $members['key'] |
            Microsoft.PowerShell.Core\Where-Object { $_ } | Microsoft.PowerShell.Utility\Sort-Object -Unique)
        return @{
            Function    = 'exrun_mailbox_requests'
            Members     = $members
            InputMember = $named
            InputScript = $scripts
            Activity    = if ($Bound['Steps']) { 'steps for mailboxes' } else { "$method requests for mailboxes" }
        }
    }
}
